import { HanaFlightError } from '../../core/errors.ts';
import { MESSAGE_HEADER_BYTES, VAR_PART_LENGTH_OFFSET } from './message.ts';

/**
 * Cuts a stream of chunks into whole packets. Holds no more than what has arrived: a claimed length is
 * checked against the limit and never allocated ahead of its bytes.
 */
export class PacketAssembler {
  readonly #maxPacketBytes: number;
  #chunks: Uint8Array[] = [];
  #buffered = 0;

  /** @param maxPacketBytes longest packet taken, header included. */
  constructor(maxPacketBytes: number) {
    this.#maxPacketBytes = maxPacketBytes;
  }

  /** Bytes that have arrived and were not taken yet. */
  get bufferedBytes(): number {
    return this.#buffered;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
  }

  /** Exactly `length` bytes once they have arrived; for the bytes before the first packet. */
  take(length: number): Uint8Array | undefined {
    if (this.#buffered < length) return undefined;
    const all = this.#join();
    this.#keep(all.subarray(length));
    return all.subarray(0, length);
  }

  /**
   * The next whole packet, or undefined until it has arrived. Throws `malformed-packet` when its header
   * claims more than the limit.
   */
  nextPacket(): Uint8Array | undefined {
    const length = this.#packetLength();
    return length === undefined ? undefined : this.take(length);
  }

  #packetLength(): number | undefined {
    if (this.#buffered < MESSAGE_HEADER_BYTES) return undefined;
    const first = this.#chunks[0];
    const head = first !== undefined && first.length >= MESSAGE_HEADER_BYTES ? first : this.#join();
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const length = MESSAGE_HEADER_BYTES + view.getUint32(VAR_PART_LENGTH_OFFSET, true);
    if (length > this.#maxPacketBytes) {
      throw new HanaFlightError(
        'malformed-packet',
        `message header: expected a packet of at most ${this.#maxPacketBytes} bytes, got ${length}, at offset ${VAR_PART_LENGTH_OFFSET}`,
      );
    }
    return length;
  }

  #join(): Uint8Array {
    const [first] = this.#chunks;
    if (first !== undefined && this.#chunks.length === 1) return first;
    const all = Buffer.concat(this.#chunks);
    this.#keep(all);
    return all;
  }

  #keep(rest: Uint8Array): void {
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#buffered = rest.length;
  }
}
