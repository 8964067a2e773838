/**
 * The two names that parquet-wasm's types take from the browser's library and that Node's types leave
 * out. The members are those this project could meet.
 */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBufferLike;
  }
  interface Table {
    readonly length: number;
  }
}
