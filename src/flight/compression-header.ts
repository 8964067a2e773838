import { BODY_COMPRESSIONS, type BodyCompression } from '../arrow/body-compression.ts';
import { HanaFlightError } from '../core/errors.ts';

/** Request header of DoGet: how the bodies of the batches shall be compressed. */
export const COMPRESSION_HEADER = 'x-flight-compression';

/** Value of the header for a result that is not compressed, whatever the server does unasked. */
export const NO_COMPRESSION = 'none';

/**
 * What a call asks for, or else `unasked`.
 * @throws HanaFlightError `invalid-argument` for a value that is not known.
 */
export function requestedCompression(
  headers: ReadonlyMap<string, string>,
  unasked: BodyCompression | undefined,
): BodyCompression | undefined {
  const asked = headers.get(COMPRESSION_HEADER);
  if (asked === undefined) return unasked;
  if (asked === NO_COMPRESSION) return undefined;
  const known = BODY_COMPRESSIONS.find((name) => name === asked);
  if (known !== undefined) return known;
  throw new HanaFlightError(
    'invalid-argument',
    `header ${COMPRESSION_HEADER}: expected ${[NO_COMPRESSION, ...BODY_COMPRESSIONS].join(', ')}, got "${asked}"`,
  );
}
