import { HanaFlightError } from '../../core/errors.ts';
import type { Division } from '../division.ts';
import { type Bound, compareBounds, type KeyColumn, keyNames } from '../keys/key.ts';
import { type Deriving, rangeShares } from '../shares.ts';
import { NO_KEY, notOneColumn, type Strategy } from './strategy.ts';

/** Ranges between bounds that the caller gives. */
export const bounds: Strategy = {
  name: 'bounds',
  cost: 'nothing',
  ranges: true,
  obstacle: (division) =>
    notOneColumn(division) ?? (division.bounds === undefined ? 'no bounds are given' : undefined),
  reserve: () => undefined,
  derive,
};

// Asks nothing, but has the form of the others.
// oxlint-disable-next-line require-yield
function* derive(division: Division): Deriving {
  const { key } = division;
  const [column] = key;
  if (column === undefined) return { kind: 'none', reason: NO_KEY };
  const given: Bound[] = (division.bounds ?? []).map((text) => [checkedBound(column, text)]);
  const ascending = given.toSorted((left, right) => compareBounds(key, left, right));
  const distinct = ascending.filter(
    (bound, place) => place === 0 || compareBounds(key, ascending[place - 1] ?? [], bound) < 0,
  );
  return rangeShares(division, distinct, [], {
    strategy: 'bounds',
    wanted: distinct.length + 1,
    how: `ranges of ${keyNames(key)} between the bounds that were given`,
    rows: division.sole ? division.table?.rows : undefined,
  });
}

function checkedBound({ name, type, keyType }: KeyColumn, text: string): string {
  const bound = keyType.bound(text);
  if (bound !== undefined) return bound;
  const expected =
    keyType.kind === 'text'
      ? 'text without blanks at its end, control characters and characters beyond U+FFFF'
      : `a value such as ${keyType.example}`;
  throw new HanaFlightError(
    'invalid-argument',
    `a bound of ${name} (${type.name}): expected ${expected}, got '${text}'`,
  );
}
