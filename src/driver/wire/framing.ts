import { HanaFlightError } from '../../core/errors.ts';
import type { BlockMemory } from './block-memory.ts';
import { MESSAGE_HEADER_BYTES, VAR_PART_LENGTH_OFFSET } from './message.ts';

/**
 * Cuts a stream of chunks into whole packets. Chunks are copied, so their memory may be used again at once;
 * or they are read to where the packet lies, see {@link PacketAssembler.room}. A claimed length is checked
 * against the limit, and no more is allocated for it than twice what has arrived, or what an earlier packet
 * took.
 */
export class PacketAssembler {
  readonly #maxPacketBytes: number;
  readonly #memory: BlockMemory | undefined;
  #buffer = NO_BYTES;
  #used = 0;
  #largest = 0;

  /**
   * @param maxPacketBytes longest packet taken, header included.
   * @param memory Where packets lie; absent: fresh memory for each.
   */
  constructor(maxPacketBytes: number, memory?: BlockMemory) {
    this.#maxPacketBytes = maxPacketBytes;
    this.#memory = memory;
  }

  /** Bytes that have arrived and were not taken yet. */
  get bufferedBytes(): number {
    return this.#used;
  }

  /**
   * Where what comes next may be read to, and pushed without being copied; undefined when there is no packet
   * to go on with. Good until the next call of any method.
   */
  room(): Uint8Array | undefined {
    return this.#used < this.#buffer.length ? this.#buffer.subarray(this.#used) : undefined;
  }

  push(chunk: Uint8Array): void {
    const needed = this.#used + chunk.length;
    if (this.#isRoom(chunk)) {
      this.#used = needed;
      return;
    }
    if (needed > this.#buffer.length) this.#grow(needed, chunk);
    this.#buffer.set(chunk, this.#used);
    this.#used = needed;
  }

  /** Exactly `length` bytes once they have arrived; for the bytes before the first packet. */
  take(length: number): Uint8Array | undefined {
    if (this.#used < length) return undefined;
    const taken = this.#buffer.subarray(0, length);
    const rest = this.#buffer.subarray(length, this.#used);
    this.#buffer = NO_BYTES;
    this.#used = 0;
    if (rest.length > 0) this.push(rest);
    return taken;
  }

  /**
   * The next whole packet, in memory that nobody else uses, or undefined until it has arrived. Throws
   * `malformed-packet` when its header claims more than the limit.
   */
  nextPacket(): Uint8Array | undefined {
    const length = claimedLength(this.#buffer.subarray(0, this.#used));
    if (length === undefined) return undefined;
    if (length > this.#maxPacketBytes) {
      throw new HanaFlightError(
        'malformed-packet',
        `message header: expected a packet of at most ${this.#maxPacketBytes} bytes, got ${length}, at offset ${VAR_PART_LENGTH_OFFSET}`,
      );
    }
    const packet = this.take(length);
    if (packet !== undefined) this.#largest = Math.max(this.#largest, length);
    return packet;
  }

  #isRoom({ buffer, byteOffset, length }: Uint8Array): boolean {
    const own = this.#buffer;
    return buffer === own.buffer && byteOffset === own.byteOffset + this.#used && length > 0;
  }

  /** Makes room for `needed` bytes, which `chunk` ends. */
  #grow(needed: number, chunk: Uint8Array): void {
    const head = this.#used > 0 ? this.#buffer.subarray(0, this.#used) : chunk;
    const claimed = claimedLength(head) ?? needed;
    const believed = Math.min(claimed, Math.max(needed * 2, this.#largest));
    const size = Math.max(needed, believed);
    const grown = this.#memory && new Uint8Array(this.#memory.take(size));
    const old = this.#buffer;
    this.#buffer = grown ?? Buffer.allocUnsafeSlow(size);
    this.#buffer.set(old.subarray(0, this.#used));
    this.#memory?.give(old.buffer);
  }
}

const NO_BYTES = new Uint8Array(0);

/** What the header of a packet says of its length; undefined when the header is not whole. */
function claimedLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < MESSAGE_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return MESSAGE_HEADER_BYTES + view.getUint32(VAR_PART_LENGTH_OFFSET, true);
}
