import { type Division, tableName } from '../division.ts';
import { type Bound, type Key, keyNames, readBound } from '../keys/key.ts';
import { askRows, extentSql } from '../probes.ts';
import { aboutRows, type Deriving, rangeShares, tooFewValues } from '../shares.ts';
import { sample } from './sample.ts';
import { NO_KEY, notOneColumn, type Strategy } from './strategy.ts';

/** Ranges of the same width between the smallest and the largest key. */
export const range: Strategy = {
  name: 'range',
  cost: 'one query for the smallest and the largest key; skewed keys make endpoints of unlike size',
  ranges: true,
  obstacle: (division) => {
    const { key, table } = division;
    if (table === undefined) return 'the table behind the key is not known';
    const hasLine = key[0]?.keyType.line !== undefined;
    return notOneColumn(division) ?? (hasLine ? undefined : 'text has no ranges of the same width');
  },
  reserve: (division) =>
    sample.obstacle(division) === undefined ? 'a sample tells where the keys are' : undefined,
  derive,
};

function* derive(division: Division): Deriving {
  const { key, table, filter, sole } = division;
  if (table === undefined) return { kind: 'none', reason: NO_KEY };
  const why = `smallest and largest ${keyNames(key)}, and the number of rows`;
  const [row = []] = yield* askRows(extentSql({ table, filter }, key), 3, why);
  const rows = Number(row[2] ?? 0);
  const wanted = division.endpointsFor(sole ? rows : table.rows);
  if (wanted < 2) {
    const reason = `${tableName(table)} has ${aboutRows(rows)}${filter === undefined ? '' : ' that pass its WHERE'}`;
    return { kind: 'few-rows', reason, rows };
  }
  const low = readBound(key, row.slice(0, 1)) ?? smallest(key, row[0]);
  const high = readBound(key, row.slice(1, 2));
  if (low === undefined || high === undefined) return tooFewValues(key);
  const bounds = equalWidth(key, low, high, wanted);
  const each = sole ? Math.round(rows / (bounds.length + 1)) : undefined;
  return rangeShares(
    division,
    bounds,
    Array.from({ length: bounds.length + 1 }, () => each),
    {
      strategy: 'range',
      wanted,
      how: `ranges of ${keyNames(key)} of the same width`,
      rows: sole ? rows : undefined,
    },
  );
}

/** HANA's empty date is smaller than any other and no day: the first day stands for it. */
function smallest([column]: Key, text: string | undefined): Bound | undefined {
  const first = column?.keyType.bound('0001-01-01') ?? column?.keyType.bound('0001-01-01 00:00:00');
  return text === '' && first !== undefined ? [first] : undefined;
}

/** Up to `wanted - 1` bounds between two values, strictly ascending; exact at the ends of BIGINT too. */
function equalWidth(key: Key, low: Bound, high: Bound, wanted: number): readonly Bound[] {
  const [column] = key;
  const line = column?.keyType.line;
  if (column === undefined || line === undefined) return [];
  const start = line.position(low[0] ?? '', column.type);
  const width = line.position(high[0] ?? '', column.type) - start + 1n;
  const positions = new Set<bigint>();
  for (let place = 1n; place < BigInt(wanted); place++) {
    positions.add(start + (width * place) / BigInt(wanted));
  }
  positions.delete(start);
  return [...positions].flatMap((position) => {
    const bound = line.bound(position, column.type);
    return bound === undefined ? [] : [[bound]];
  });
}
