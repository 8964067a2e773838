import { type Call, callAt } from './calls.ts';
import {
  isAggregate,
  isDeterministic,
  isOrderedAggregate,
  VOLATILE_FUNCTIONS,
} from './function-table.ts';
import { CLAUSE_WORDS } from './keywords.ts';
import type { Obstacle } from './query.ts';
import { isGroup, isName, isSymbol, isWord, type Token } from './token.ts';
import { NOT_UNDERSTOOD } from './token-reader.ts';
import { levelsOf } from './token-tree.ts';

/** What must not stand anywhere in a query that is split, in its subqueries and its WITH list neither. */
interface Rule {
  readonly rule: string;
  /**
   * What the rule finds at a place of one level, for the reason: undefined when nothing is there, else what
   * was written.
   */
  readonly finds: (level: readonly Token[], index: number) => string | undefined;
  /** @param found what {@link finds} answered. */
  readonly reason: (found: string) => string;
}

/** Finds keywords one after the other, at each place one of several. */
const words =
  (...sequence: readonly (readonly string[])[]): Rule['finds'] =>
  (level, index) => {
    const found: string[] = [];
    for (const values of sequence) {
      const token = level[index + found.length];
      if (token?.kind !== 'word' || !values.includes(token.value)) return undefined;
      found.push(token.value);
    }
    return isSymbol(level[index - 1], '.') ? undefined : found.join(' ');
  };

/** Checked in this order; the first that finds something is the obstacle. */
const RULES: readonly Rule[] = [
  {
    rule: NOT_UNDERSTOOD,
    finds: (level, index) => {
      const token = level[index];
      return token?.kind === 'unknown' ? `${token.value} at position ${token.at + 1}` : undefined;
    },
    reason: (found) => `the query is not understood: it has ${found}`,
  },
  {
    rule: 'several-statements',
    finds: (level, index) => (isSymbol(level[index], ';') ? ';' : undefined),
    reason: () => 'a semicolon stands inside, so that it may be several statements',
  },
  {
    rule: 'limit',
    finds: words(['LIMIT']),
    reason: () => 'it has LIMIT, and which rows are among the first is only known of all of them',
  },
  {
    rule: 'limit',
    finds: words(['SELECT'], ['TOP']),
    reason: () => 'it has TOP, and which rows are among the first is only known of all of them',
  },
  {
    rule: 'limit',
    finds: words(['FETCH'], ['FIRST', 'NEXT']),
    reason: () => 'it has FETCH, and which rows are among the first is only known of all of them',
  },
  {
    rule: 'lock',
    finds: words(['FOR'], ['UPDATE', 'SHARE']),
    reason: (found) =>
      `${found} locks rows, which several connections would do one against the other`,
  },
  {
    rule: 'document',
    finds: words(['FOR'], ['JSON', 'XML']),
    reason: (found) => `${found} makes one document of all rows`,
  },
  {
    rule: 'into',
    finds: words(['INTO']),
    reason: () => 'INTO writes its result instead of returning it',
  },
  {
    rule: 'sample',
    finds: words(['TABLESAMPLE']),
    reason: () => 'TABLESAMPLE takes other rows each time, and each endpoint would take its own',
  },
  {
    rule: 'window-function',
    finds: (level, index) => {
      if (!isWord(level[index], 'OVER') || !isGroup(level[index - 1])) return undefined;
      const window = level[index + 1];
      const isWindow = isGroup(window) || (isName(window) && !CLAUSE_WORDS.has(window.value));
      return isWindow ? 'OVER' : undefined;
    },
    reason: () =>
      'a window function looks at rows of other endpoints, and rows of equal rank change places each time',
  },
  ...VOLATILE_FUNCTIONS.map(
    ({ rule, reason, names, called }): Rule => ({
      rule,
      finds: (level, index) => {
        const token = level[index];
        if (!isWord(token, ...names)) return undefined;
        return called && callAt(level, index) === undefined ? undefined : token.value;
      },
      reason: (found) => `${found} ${reason}`,
    }),
  ),
  {
    rule: 'ordered-aggregate',
    finds: (level, index) => {
      const call = callAt(level, index);
      if (call === undefined || !call.builtIn || !isOrderedAggregate(call.name.value)) {
        return undefined;
      }
      return isOrderedByItself(call) ? undefined : call.name.value;
    },
    reason: (found) =>
      `${found} depends on the order of rows, which may be another one each time it is computed`,
  },
  {
    rule: 'unknown-function',
    finds: (level, index) => {
      const call = callAt(level, index);
      if (call === undefined) return undefined;
      const { name, builtIn } = call;
      return builtIn && isDeterministic(name.value) ? undefined : name.value;
    },
    reason: (found) =>
      `${found} is not among the functions that are known to answer the same each time and change nothing`,
  },
  {
    rule: 'temporary-table',
    finds: (level, index) => {
      const token = level[index];
      return isName(token) && token.value.startsWith('#') ? token.value : undefined;
    },
    reason: (found) =>
      `${found} is the name of a local temporary table, which exists in one connection only`,
  },
  {
    rule: 'recursive',
    finds: (level, index) => {
      const name = level[index];
      if (!isName(name)) return undefined;
      const as = isGroup(level[index + 1]) ? index + 2 : index + 1;
      const query = level[as + 1];
      if (!isWord(level[as], 'AS') || !isGroup(query)) return undefined;
      return readsFrom(query.items, name.value) ? name.value : undefined;
    },
    reason: (found) => `${found} of its WITH list reads from a table of its own name`,
  },
];

/** `STRING_AGG(A, ', ' ORDER BY A)`: rows with equal sort keys have equal values. */
function isOrderedByItself({ name, group }: Call): boolean {
  if (name.value !== 'STRING_AGG') return false;
  const first = group.items.findIndex((item) => isSymbol(item, ','));
  const order = group.items.findIndex((item) => isWord(item, 'ORDER'));
  if (order < 0) return false;
  const value = group.items.slice(0, first < 0 ? order : Math.min(first, order));
  const key = group.items.slice(order + 2, order + 2 + value.length);
  const behind = group.items[order + 2 + value.length];
  const ends = behind === undefined || isSymbol(behind, ',') || isWord(behind, 'ASC', 'DESC');
  return ends && isName(value[0]) && value.every((token, index) => isSame(token, key[index]));
}

const isSame = (token: Token, other: Token | undefined): boolean =>
  !isGroup(token) && !isGroup(other) && token.kind === other?.kind && token.value === other.value;

function readsFrom(tokens: readonly Token[], name: string): boolean {
  for (const level of levelsOf(tokens)) {
    const found = level.some((token, index) => {
      const before = level[index - 1];
      const isTable = isWord(before, 'FROM', 'JOIN') || isSymbol(before, ',') || index === 0;
      return isName(token) && token.value === name && isTable;
    });
    if (found) return true;
  }
  return false;
}

/** Rules begin at names, keywords, semicolons and what is unknown: long lists of values cost little. */
const mayBeginARule = (token: Token): boolean =>
  isName(token) || token.kind === 'unknown' || isSymbol(token, ';');

/** The first rule that a query breaks, for which no split of it keeps the meaning. */
export function findObstacle(tokens: readonly Token[]): Obstacle | undefined {
  const places: (readonly [level: readonly Token[], index: number])[] = [];
  for (const level of levelsOf(tokens)) {
    level.forEach((token, index) => {
      if (mayBeginARule(token)) places.push([level, index]);
    });
  }
  for (const { rule, finds, reason } of RULES) {
    for (const [level, index] of places) {
      const found = finds(level, index);
      if (found !== undefined) return { rule, reason: reason(found) };
    }
  }
  return undefined;
}

/** Rules whose finds make a query belong to one connection, or to its transaction. */
const BINDING_RULES: ReadonlySet<string> = new Set([
  NOT_UNDERSTOOD,
  'several-statements',
  'lock',
  'into',
  'sequence',
  'connection',
  'unknown-function',
  'temporary-table',
]);

/** True when a query may change, lock or ask something of the connection that executes it. */
export function isBound(tokens: readonly Token[]): boolean {
  const levels = [...levelsOf(tokens)];
  const binding = RULES.filter(({ rule }) => BINDING_RULES.has(rule));
  return binding.some(({ finds }) =>
    levels.some((level) => level.some((_, index) => finds(level, index) !== undefined)),
  );
}

interface CostlyWork {
  readonly rule: string;
  readonly finds: Rule['finds'];
  readonly reason: string;
}

const COSTLY_WORK: readonly CostlyWork[] = [
  {
    rule: 'grouping',
    finds: words(['GROUP'], ['BY']),
    reason: 'it groups rows, which each endpoint of a split output would do for all of them',
  },
  {
    rule: 'aggregate',
    finds: (level, index) => {
      const name = callAt(level, index)?.name.value;
      return name !== undefined && isAggregate(name) ? name : undefined;
    },
    reason: 'it aggregates rows, which each endpoint of a split output would do for all of them',
  },
  {
    rule: 'distinct',
    finds: words(['SELECT'], ['DISTINCT']),
    reason: 'it drops duplicates, which each endpoint of a split output would do for all rows',
  },
  {
    rule: 'set-operation',
    finds: (level, index) => {
      const token = level[index];
      if (isWord(token, 'UNION')) return isWord(level[index + 1], 'ALL') ? undefined : 'UNION';
      return isWord(token, 'INTERSECT', 'EXCEPT', 'MINUS') ? token.value : undefined;
    },
    reason: 'it compares whole results, which each endpoint of a split output would do again',
  },
];

/** Work that each endpoint would do for all rows if the output were split; looked for at every level. */
export function findCostlyWork(tokens: readonly Token[]): Obstacle | undefined {
  for (const level of levelsOf(tokens)) {
    for (const { rule, finds, reason } of COSTLY_WORK) {
      if (level.some((_, index) => finds(level, index) !== undefined)) return { rule, reason };
    }
  }
  return undefined;
}
