import type { Division } from '../division.ts';
import { keyNames } from '../keys/key.ts';
import { isFloating } from '../keys/key-types.ts';
import { moduloCondition } from '../predicates.ts';
import type { Deriving } from '../shares.ts';
import { evenly, NO_KEY, notOneColumn, type Strategy } from './strategy.ts';

/** Rows by the remainder of a whole number. */
export const modulo: Strategy = {
  name: 'modulo',
  cost: 'nothing; each endpoint reads the key of all rows',
  ranges: false,
  obstacle: (division) => notOneColumn(division) ?? notWhole(division),
  reserve: () => undefined,
  derive,
};

function notWhole({ key: [column] }: Division): string | undefined {
  if (column === undefined) return NO_KEY;
  const { keyType, type } = column;
  const isWhole =
    keyType.kind === 'integer' ||
    (keyType.kind === 'decimal' && !isFloating(type) && type.scale === 0);
  return isWhole ? undefined : `${column.name} holds no whole numbers`;
}

// Asks nothing, but has the form of the others.
// oxlint-disable-next-line require-yield
function* derive(division: Division): Deriving {
  const { key, table } = division;
  const [column] = key;
  if (column === undefined) return { kind: 'none', reason: NO_KEY };
  const wanted = division.endpointsFor(table?.rows);
  return {
    kind: 'shares',
    strategy: 'modulo',
    key: [column.name],
    bounds: [],
    wanted,
    how: `remainders of ${keyNames(key)} divided by their number`,
    ...evenly(division, wanted, (place) => ({
      edit: { condition: moduloCondition(column, wanted, place) },
      label: `${column.name} modulo ${wanted} is ${place}${place === 0 ? ', or NULL' : ''}`,
    })),
  };
}
