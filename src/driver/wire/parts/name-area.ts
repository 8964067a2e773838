import { HanaFlightError } from '../../../core/errors.ts';
import { cesu8ToString, stringToCesu8 } from '../../values/cesu8.ts';
import type { WireReader } from '../reader.ts';
import { WireWriter } from '../writer.ts';

/** Offset of a name that is not there. */
const NO_NAME = 0xffff_ffff;
const MAX_NAME_BYTES = 255;

/**
 * The names behind the columns of a metadata part, each written once. hdbconnect reads them one after
 * the other without looking at the offsets, so there are no gaps and no name that nobody refers to.
 */
export class NameArea {
  readonly #writer = new WireWriter();
  readonly #offsets = new Map<string, number>();

  /** Offset of `name`, which is written when it is new. */
  offsetOf(name: string | undefined): number {
    if (name === undefined) return NO_NAME;
    const known = this.#offsets.get(name);
    if (known !== undefined) return known;
    const offset = this.append(name);
    this.#offsets.set(name, offset);
    return offset;
  }

  /** Writes `name` even if it is there already: parameter names must not be shared. */
  append(name: string | undefined): number {
    if (name === undefined) return NO_NAME;
    const bytes = stringToCesu8(name);
    if (bytes.length > MAX_NAME_BYTES) {
      throw new HanaFlightError(
        'invalid-argument',
        `name in metadata: expected at most ${MAX_NAME_BYTES} bytes, got ${bytes.length}`,
      );
    }
    const offset = this.#writer.length;
    this.#writer.writeU8(bytes.length).writeBytes(bytes);
    return offset;
  }

  finish(): Uint8Array {
    return this.#writer.finish();
  }
}

/** Takes the rest of `reader` as name area; the function returned reads the name at an offset. */
export function readNames(reader: WireReader): (offset: number) => string | undefined {
  const start = reader.offset;
  const area = reader.readBytes(reader.remaining, 'names');
  return (offset) => {
    if (offset === NO_NAME) return undefined;
    const length = area[offset];
    if (length === undefined || offset + 1 + length > area.length) {
      throw reader.malformed(
        `expected a name in the ${area.length} bytes of names, got name offset ${offset}`,
        start,
      );
    }
    return cesu8ToString(area.subarray(offset + 1, offset + 1 + length));
  };
}
