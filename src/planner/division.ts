import { boundsOf, evenBounds, histogramBounds, sampledBounds } from './bounds.ts';
import type { KeyColumn, KeyValue } from './key.ts';
import { partShares } from './parts.ts';
import type { PartsGuard, StrategyName } from './plan.ts';
import { hashConditions, moduloConditions, rangeConditions } from './predicates.ts';
import { type Asking, extent, type Sampled, samplePercentage } from './probes.ts';
import type { Edit, SortKey } from './sql/query.ts';
import type { KnownTable } from './target.ts';

/** What is to be divided, and what is known of it. */
export interface Ground {
  /** Undefined where only the output of the query can be divided. */
  readonly table: KnownTable | undefined;
  /** Empty where there is none: then only parts can divide. */
  readonly key: readonly KeyColumn[];
  /** Set when the endpoints must follow one another in the order of the first key. */
  readonly order: SortKey | undefined;
  /** True when rows come straight from the table, which may then be read by parts. */
  readonly byParts: boolean;
  /** Endpoints that are wanted, at least 2. */
  readonly count: number;
  /** Rows to be divided, as far as is known. */
  readonly rows: number | undefined;
  /** The table, or some of its parts, as a query that only looks at keys names it. */
  readonly sampled: (parts?: readonly number[]) => Sampled;
  /** Lower bounds that the caller named. */
  readonly bounds: readonly string[] | undefined;
}

export interface Share {
  readonly edit: Edit;
  readonly share: string;
  readonly rows: number | undefined;
}

/** A result divided. */
export interface Division {
  readonly strategy: StrategyName;
  readonly shares: readonly Share[];
  readonly bounds: readonly string[];
  /** How, in words: goes on after "8 endpoints by …". */
  readonly how: string;
  readonly guard?: PartsGuard | undefined;
}

/** A way to divide. */
interface Strategy {
  readonly name: StrategyName;
  /** What it takes to plan, for the documentation. */
  readonly cost: string;
  /** False for those that are only taken when they are asked for by name. */
  readonly automatic: boolean;
  /** Why it cannot be used, as a clause; undefined when it can. */
  readonly obstacle: (ground: Ground) => string | undefined;
  /** Undefined when the key turns out to have one value only. */
  readonly divide: (ground: Ground) => Asking<Division | undefined>;
}

const NO_KEY = 'there is no column to divide by';
const NEEDS_ORDER = 'it does not keep the order of the query';

/** Every strategy, most preferred first. */
export const STRATEGY_TABLE: readonly Strategy[] = [
  {
    name: 'parts',
    cost: 'what the catalog says; parts that are too large cost a sample each',
    automatic: true,
    obstacle: ({ table, byParts, order }) => {
      if (table === undefined || (table.facts.partitioning?.parts.length ?? 0) < 2) {
        return 'the table is not partitioned';
      }
      if (!byParts) return 'rows do not come straight from one table';
      return order === undefined ? undefined : NEEDS_ORDER;
    },
    divide: byParts,
  },
  {
    name: 'histogram',
    cost: 'what the catalog says',
    automatic: true,
    obstacle: ({ table, key }) => {
      const name = key[0]?.name;
      const known = table?.facts.histograms.some(({ column }) => column === name);
      return key.length === 1 && known === true ? undefined : 'HANA keeps no histogram of the key';
    },
    divide: byHistogram,
  },
  {
    name: 'sample',
    cost: 'one query on a sample of the keys',
    automatic: true,
    obstacle: ({ table, key, rows }) => {
      if (key.length === 0) return NO_KEY;
      const samplable = table?.facts.kind === 'column-table' && rows !== undefined;
      return samplable ? undefined : 'only tables of the column store can be sampled';
    },
    divide: bySample,
  },
  {
    name: 'range',
    cost: 'one pass over the key for its smallest and largest value',
    automatic: true,
    obstacle: ({ key: [first, ...more] }) => {
      if (first === undefined) return NO_KEY;
      return first.kind === 'text' || more.length > 0
        ? 'the key is no single number, date or time'
        : undefined;
    },
    divide: byRange,
  },
  {
    name: 'modulo',
    cost: 'nothing; each endpoint scans the whole key',
    automatic: true,
    obstacle: ({ key: [first, ...more], order }) => {
      if (order !== undefined) return NEEDS_ORDER;
      return first?.whole === true && more.length === 0 ? undefined : 'the key is no whole number';
    },
    divide: byModulo,
  },
  {
    name: 'hash',
    cost: 'nothing; each endpoint hashes every row',
    automatic: true,
    obstacle: ({ key, order }) => {
      if (order !== undefined) return NEEDS_ORDER;
      return key.length === 0 ? NO_KEY : undefined;
    },
    divide: byHash,
  },
  {
    name: 'bounds',
    cost: 'nothing',
    automatic: false,
    obstacle: ({ bounds, key }) => {
      if (key.length !== 1) return 'bounds need a key of one column';
      return bounds === undefined ? 'no bounds were given' : undefined;
    },
    divide: byBounds,
  },
];

function* byParts(ground: Ground): Asking<Division | undefined> {
  const { facts } = ground.table ?? {};
  if (facts?.partitioning === undefined) return undefined;
  const { partitioning, schema, name } = facts;
  const shares = yield* partShares(partitioning, {
    count: ground.count,
    key: ground.key.length === 0 ? undefined : ground.key,
    sampledPart: (id) => ground.sampled([id]),
  });
  const parts = partitioning.parts.map(({ id }) => id);
  const guard = { schema, table: name, definition: partitioning.definition, parts };
  const how = `the ${parts.length} parts of the table`;
  return { strategy: 'parts', shares, bounds: [], how, guard };
}

function* byHistogram(ground: Ground): Asking<Division | undefined> {
  const [key] = ground.key;
  const histogram = ground.table?.facts.histograms.find(({ column }) => column === key?.name);
  if (key === undefined || histogram === undefined) return undefined;
  const bounds = histogramBounds(key, histogram, ground.count);
  return byRanges(ground, 'histogram', bounds, 'equally deep by a histogram');
}

function* bySample(ground: Ground): Asking<Division | undefined> {
  const rows = ground.table?.facts.rows ?? 0;
  const size = { count: ground.count, rows };
  const bounds = yield* sampledBounds(ground.key, ground.sampled(), size);
  const percentage = samplePercentage(rows);
  const how =
    percentage === undefined ? 'equally deep' : `equally deep by a sample of ${percentage} %`;
  return byRanges(ground, 'sample', bounds, how);
}

function* byRange(ground: Ground): Asking<Division | undefined> {
  const [key] = ground.key;
  if (key === undefined) return undefined;
  const { rows, ...ends } = yield* extent(key, ground.sampled());
  const bounds = evenBounds(key, ends, ground.count);
  return byRanges(
    { ...ground, rows },
    'range',
    bounds,
    'equally wide from the smallest to the largest',
  );
}

function* byModulo({ key: [key], count, rows }: Ground): Asking<Division | undefined> {
  if (key === undefined) return undefined;
  const shares = moduloConditions(key, count).map((condition, remainder) => ({
    edit: { condition },
    share: `${key.name} with remainder ${remainder} of ${count}`,
    rows: portion(rows, count),
  }));
  return { strategy: 'modulo', shares, bounds: [], how: `the remainder of ${key.name}` };
}

function* byHash({ key, count, rows }: Ground): Asking<Division | undefined> {
  const names = namesOf(key);
  const shares = hashConditions(key, count).map((condition, index) => ({
    edit: { condition },
    share: `hash of ${names}, range ${index + 1} of ${count}`,
    rows: portion(rows, count),
  }));
  return { strategy: 'hash', shares, bounds: [], how: `a hash of ${names}` };
}

function* byBounds(ground: Ground): Asking<Division | undefined> {
  const bounds = boundsOf(ground.key, ground.bounds?.map((text) => [text]) ?? []);
  return byRanges(ground, 'bounds', bounds, 'as the caller drew them');
}

/** Ranges in the order of the key, or against it where the query is ordered so. */
function byRanges(
  { key, order, rows }: Ground,
  strategy: StrategyName,
  bounds: readonly KeyValue[],
  manner: string,
): Division | undefined {
  if (bounds.length === 0) return undefined;
  // NULL stands where the order of the query has it: at one end, seen from the smallest key.
  const nulls = order === undefined || order.descending !== order.nullsFirst ? 'first' : 'last';
  const names = namesOf(key);
  const texts = bounds.map((bound) => bound.join(', '));
  const shares = rangeConditions(key, bounds, nulls).map((condition, index) => ({
    edit: { condition },
    share: rangeInWords(names, texts[index - 1], texts[index]),
    rows: portion(rows, bounds.length + 1),
  }));
  return {
    strategy,
    shares: order?.descending === true ? shares.toReversed() : shares,
    bounds: texts,
    how: `ranges of ${names}, ${manner}`,
  };
}

function rangeInWords(names: string, lower: string | undefined, upper: string | undefined): string {
  if (lower === undefined) return `${names} below ${upper}`;
  return upper === undefined
    ? `${names} from ${lower}`
    : `${names} from ${lower} to below ${upper}`;
}

const namesOf = (key: readonly KeyColumn[]): string => key.map(({ name }) => name).join(', ');

const portion = (rows: number | undefined, count: number): number | undefined =>
  rows === undefined ? undefined : Math.round(rows / count);
