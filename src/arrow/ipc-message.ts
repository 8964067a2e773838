/**
 * The frame of a message in Arrow's IPC stream format
 * (https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format): the mark
 * 0xFFFFFFFF, the length of the header as int32, the flatbuffer header padded to 8 bytes, the body.
 */
const CONTINUATION = 0xffff_ffff;

/** Bytes of mark and length before the header. */
export const MESSAGE_PREFIX_BYTES = 8;

/** Says that no message follows: the mark with length zero. */
export const END_OF_STREAM: Uint8Array = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** Every buffer and every message starts at a multiple of this many bytes. */
const ALIGNMENT = 8;

/** The next multiple of 8. */
export function paddedLength(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

/** Puts mark and length before a flatbuffer header, and padding behind it. The body follows as it is. */
export function encapsulateMessage(header: Uint8Array): Uint8Array {
  const length = paddedLength(header.length);
  const message = new Uint8Array(MESSAGE_PREFIX_BYTES + length);
  const view = new DataView(message.buffer);
  view.setUint32(0, CONTINUATION, true);
  view.setInt32(4, length, true);
  message.set(header, MESSAGE_PREFIX_BYTES);
  return message;
}
