import { HanaFlightError } from '../core/errors.ts';
import type { Duplex } from './call-server.ts';
import { decodeFlightData, type FlightData } from './flight-data.ts';

/**
 * The first message of an upload, the one with the descriptor; what follows is read and thrown away.
 * Does not wait for the end of the upload: Java and C++ do not half-close before they have an answer.
 * @throws HanaFlightError `invalid-argument` when there is no message, it is not FlightData or has no
 * descriptor; the reason of `signal` when that aborts before.
 */
export async function readFirstMessage(
  rpc: string,
  stream: Duplex,
  signal: AbortSignal,
): Promise<FlightData> {
  const bytes = await firstBytes(stream, signal);
  if (bytes === undefined) {
    throw new HanaFlightError('invalid-argument', `${rpc}: expected a message, got none`);
  }
  const message = decodeFlightData(bytes);
  if (message.descriptor.length === 0) {
    throw new HanaFlightError(
      'invalid-argument',
      `${rpc}: expected a flight descriptor in the first message, got none`,
    );
  }
  return message;
}

/** Undefined when the upload ends without a message. */
function firstBytes(stream: Duplex, signal: AbortSignal): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(HanaFlightError.from(signal.reason));
    signal.addEventListener('abort', giveUp, { once: true });
    // Once is enough to keep the stream flowing, so that the client can go on sending.
    stream.once('data', resolve);
    stream.once('end', () => resolve(undefined));
  });
}
