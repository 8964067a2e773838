import { HanaFlightError } from '../../core/errors.ts';

/** Length of the first bytes a client sends. */
export const INITIALIZATION_REQUEST_BYTES = 14;
/** Length of the server's answer. */
export const INITIALIZATION_REPLY_BYTES = 8;

/*
 * Request                               Reply
 *  0  4  ff ff ff ff                     0  i8   product major
 *  4  i8  product major                  1  i16  product minor
 *  5  i16 product minor                  3  i8   protocol major
 *  7  i8  protocol major                 4  i16  protocol minor
 *  8  i16 protocol minor                 6  2    filler
 * 10  1  reserved
 * 11  i8  number of options
 * 12  i8  option id: 1 swap kind
 * 13  i8  1 little endian, 0 big endian
 *
 * hdbconnect writes both minors big endian, so the versions say nothing about the peer's byte order.
 */

/** The client's opening bytes: product 4.20, protocol 4.1, little endian. */
export function encodeInitializationRequest(): Uint8Array {
  return Uint8Array.of(0xff, 0xff, 0xff, 0xff, 4, 20, 0, 4, 1, 0, 0, 1, 1, 1);
}

/** The server's answer: product 4.20, protocol 4.1. */
export function encodeInitializationReply(): Uint8Array {
  return Uint8Array.of(4, 20, 0, 4, 1, 0, 0, 0);
}

/** Throws `malformed-packet` unless the 14 bytes open a little-endian HANA session. */
export function checkInitializationRequest(bytes: Uint8Array): void {
  const magic = bytes.length === INITIALIZATION_REQUEST_BYTES && bytes.subarray(0, 4);
  if (!magic || magic.some((byte) => byte !== 0xff)) {
    throw new HanaFlightError(
      'malformed-packet',
      `initialization request: expected 14 bytes that start with ff ff ff ff, got ${Buffer.from(bytes).toString('hex')}`,
    );
  }
  if (bytes[13] !== 1) {
    throw new HanaFlightError(
      'malformed-packet',
      `initialization request: expected little endian (1), got ${bytes[13]}, at offset 13`,
    );
  }
}
