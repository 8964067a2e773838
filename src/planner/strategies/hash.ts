import type { Division } from '../division.ts';
import { type Key, keyNames } from '../keys/key.ts';
import { isFloating } from '../keys/key-types.ts';
import { hashCondition, MAX_HASH_SHARES } from '../predicates.ts';
import type { Deriving } from '../shares.ts';
import { evenly, NO_KEY, type Strategy } from './strategy.ts';

/** Rows by a hash of one or several columns. */
export const hash: Strategy = {
  name: 'hash',
  cost: 'nothing; each endpoint computes a hash of every row',
  ranges: false,
  obstacle: ({ key }) => {
    if (key.length === 0) return NO_KEY;
    const floating = key.find(
      ({ keyType, type }) => keyType.kind === 'decimal' && isFloating(type),
    );
    if (floating !== undefined) return `one value of ${floating.name} may have several texts`;
    return hashedBytes(key) > MAX_BINARY ? 'the key is longer than HANA can hash' : undefined;
  },
  reserve: () => undefined,
  derive,
};

/** HASH_MD5 takes VARBINARY, which ends at 5000 bytes. */
const MAX_BINARY = 5000;

/** Bytes of UTF-8 of a character of the BMP. */
const BYTES_PER_CHARACTER = 3;

/** Bytes of a number or a moment as text, and of what stands between the values. */
const BYTES_PER_COLUMN = 60;

function hashedBytes(key: Key): number {
  return key.reduce((sum, { keyType, type }) => {
    const characters = keyType.kind === 'text' ? (type.length ?? MAX_BINARY) : 0;
    return sum + BYTES_PER_COLUMN + BYTES_PER_CHARACTER * characters;
  }, 0);
}

// Asks nothing, but has the form of the others.
// oxlint-disable-next-line require-yield
function* derive(division: Division): Deriving {
  const { key, table } = division;
  const wanted = Math.min(division.endpointsFor(table?.rows), MAX_HASH_SHARES);
  return {
    kind: 'shares',
    strategy: 'hash',
    key: key.map(({ name }) => name),
    bounds: [],
    wanted,
    how: `ranges of a hash of ${keyNames(key)}`,
    ...evenly(division, wanted, (place) => ({
      edit: { condition: hashCondition(key, wanted, place) },
      label: `hash of ${keyNames(key)} in range ${place + 1} of ${wanted}`,
    })),
  };
}
