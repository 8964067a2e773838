import type { ColumnMetadata } from '../../src/driver/wire/metadata.ts';
import type { ColumnKind } from './column-kinds.ts';
import { type Numbers, SeededNumbers } from './numbers.ts';
import { RowWriter } from './row-writer.ts';

/** A table to be made: its name, and what its columns are filled with. */
export interface WorkloadDefinition {
  /** Name of the table, in upper case. */
  readonly name: string;
  readonly summary: string;
  /** Rows unless the command line says otherwise: some 60 MB. */
  readonly defaultRows: number;
  readonly columns: readonly WorkloadColumn[];
}

/** One column; the type of its values is inside. */
export interface WorkloadColumn {
  readonly name: string;
  readonly typeCode: number;
  readonly length: number;
  readonly scale: number;
  writeNext(writer: RowWriter, numbers: Numbers): void;
}

/** Makes a column. `value` gives the value of the next row; null for NULL. */
export function column<Value>(
  name: string,
  kind: ColumnKind<Value>,
  value: (numbers: Numbers) => Value | null,
): WorkloadColumn {
  const { typeCode, length, scale } = kind;
  return {
    name,
    typeCode,
    length,
    scale,
    writeNext(writer, numbers) {
      const next = value(numbers);
      if (next === null) kind.writeNull(writer);
      else kind.write(writer, next);
    },
  };
}

/** A value made of one number, NULL one time in sixteen. */
export function sparse<Value>(
  value: (number: number, row: number) => Value,
): (numbers: Numbers) => Value | null {
  return (numbers) => {
    const number = numbers.next();
    return number % 16 === 0 ? null : value(number, numbers.row);
  };
}

export interface WorkloadSize {
  readonly rows: number;
  readonly seed: number;
}

/** A table of made-up rows, encoded as HANA sends them; the same size gives the same bytes. */
export interface Workload {
  readonly name: string;
  readonly columns: readonly ColumnMetadata[];
  readonly rowCount: number;
  readonly byteCount: number;
  /** The bytes of `count` rows from `first` on; a view. */
  rows(first: number, count: number): Uint8Array;
  /** Rows from `first` on that fit into `maxBytes`, at most `maxRows`, at least one. */
  rowsWithin(first: number, maxRows: number, maxBytes: number): number;
}

/** Encodes the whole table at once. */
export function makeWorkload(
  { name, columns }: WorkloadDefinition,
  { rows, seed }: WorkloadSize,
): Workload {
  const numbers = new SeededNumbers(seed);
  const writer = new RowWriter();
  const starts = new Float64Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    numbers.row = row;
    for (const each of columns) each.writeNext(writer, numbers);
    starts[row + 1] = writer.byteLength;
  }
  const bytes = writer.finish();
  const startOf = (row: number): number => starts[row] ?? bytes.length;
  return {
    name,
    columns: columns.map((each) => metadataOf(name, each)),
    rowCount: rows,
    byteCount: bytes.length,
    rows: (first, count) => bytes.subarray(startOf(first), startOf(first + count)),
    rowsWithin: (first, maxRows, maxBytes) => {
      const most = Math.min(maxRows, rows - first);
      const limit = startOf(first) + maxBytes;
      if (startOf(first + most) <= limit) return most;
      let count = 1;
      while (count < most && startOf(first + count + 1) <= limit) count++;
      return count;
    },
  };
}

/** The table as packets of so many rows. */
export function packetsOf(workload: Workload, rowsPerPacket: number): readonly Uint8Array[] {
  const count = Math.ceil(workload.rowCount / rowsPerPacket);
  return Array.from({ length: count }, (_, packet) =>
    workload.rows(
      packet * rowsPerPacket,
      Math.min(rowsPerPacket, workload.rowCount - packet * rowsPerPacket),
    ),
  );
}

/** Every column may be NULL: hdbconnect fails on a NULL in one that says it may not. */
function metadataOf(
  tableName: string,
  { name, typeCode, length, scale }: WorkloadColumn,
): ColumnMetadata {
  return {
    typeCode,
    nullable: true,
    length,
    scale,
    schemaName: 'BENCH',
    tableName,
    columnName: name,
    displayName: name,
  };
}
