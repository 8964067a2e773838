import { type Expression, readExpression, readExpressions } from './expressions.ts';
import { readSelectList, type SelectList } from './select-list.ts';
import { type FromClause, readFromClause } from './table-references.ts';
import { isGroup, isWord } from './token.ts';
import type { TokenReader } from './token-reader.ts';

/** Where a clause stands in the query. */
interface Place {
  readonly at: number;
  readonly end: number;
}

/** One SELECT up to its HAVING. */
export interface SelectBlock {
  readonly distinct: boolean;
  readonly list: SelectList;
  /** Undefined without FROM. */
  readonly from: FromClause | undefined;
  /** Its condition without the word. */
  readonly where: Expression | undefined;
  /** What it is grouped by; undefined without GROUP BY. */
  readonly groupBy: readonly Expression[] | undefined;
  /** True for ROLLUP, CUBE and GROUPING SETS. */
  readonly groupingSets: boolean;
  readonly having: Expression | undefined;
}

/** What SELECTs are combined to: one, or several with set operators between them. */
export interface QueryBody extends Place {
  /** The first SELECT, which names the columns. */
  readonly first: SelectBlock;
  /** True when it is not alone. */
  readonly combined: boolean;
}

export interface OrderKey {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface OrderClause extends Place {
  readonly keys: readonly OrderKey[];
}

/** A query cut into the clauses of its outermost level. */
export interface Clauses {
  /** `WITH W AS (…), …`. */
  readonly withList: Place | undefined;
  readonly body: QueryBody;
  readonly orderBy: OrderClause | undefined;
  /** `WITH HINT (…)`. */
  readonly hints: Place | undefined;
  /** `WITH PARAMETERS (…)`. */
  readonly hasParameters: boolean;
}

/** Cuts a query into clauses; undefined after something that is not understood. */
export function readClauses(
  reader: TokenReader,
  outerNames: ReadonlySet<string> = new Set(),
): Clauses | undefined {
  const names = new Set(outerNames);
  const withList = readWithList(reader, names);
  const nested = readNested(reader, names);
  if (nested !== undefined) {
    const hints = readHints(reader);
    if (nested.hints !== undefined || (withList !== undefined && nested.withList !== undefined)) {
      return reader.misunderstood('one WITH at most');
    }
    return expectEnd(reader, { ...nested, withList: withList ?? nested.withList, hints });
  }
  const body = readBody(reader, names);
  const orderBy = readOrderBy(reader);
  const hasParameters = readParameters(reader);
  const hints = readHints(reader);
  if (body === undefined) return undefined;
  return expectEnd(reader, { withList, body, orderBy, hints, hasParameters });
}

function expectEnd(reader: TokenReader, clauses: Clauses): Clauses | undefined {
  if (!reader.atEnd) reader.misunderstood('the end');
  return reader.obstacle === undefined ? clauses : undefined;
}

/** A query that stands in parentheses as a whole, with nothing but hints behind. */
function readNested(reader: TokenReader, names: ReadonlySet<string>): Clauses | undefined {
  const behind = reader.peek(1);
  const isAlone =
    behind === undefined || (isWord(behind, 'WITH') && isWord(reader.peek(2), 'HINT'));
  const group = isAlone ? reader.takeGroup() : undefined;
  return group === undefined ? undefined : readClauses(reader.inside(group), names);
}

/** Adds the names of the list to `names`. */
function readWithList(reader: TokenReader, names: Set<string>): Place | undefined {
  const start = reader.takeWord('WITH');
  if (start === undefined) return undefined;
  do {
    const name = reader.takeName();
    if (isGroup(reader.peek())) reader.takeGroup();
    const isQuery = reader.takeWord('AS') !== undefined && reader.takeGroup() !== undefined;
    if (name === undefined || !isQuery) return reader.misunderstood('a name AS (query)');
    names.add(name.value);
  } while (reader.takeSymbol(','));
  return { at: start.at, end: reader.end };
}

function readBody(reader: TokenReader, names: ReadonlySet<string>): QueryBody | undefined {
  const at = reader.peek()?.at ?? 0;
  const first = readTerm(reader, names);
  let combined = false;
  while (takeSetOperator(reader)) {
    combined = true;
    readTerm(reader, names);
  }
  if (first === undefined || reader.obstacle !== undefined) return undefined;
  return { first, combined, at, end: reader.end };
}

function takeSetOperator(reader: TokenReader): boolean {
  if (reader.takeWord('UNION', 'INTERSECT', 'EXCEPT', 'MINUS') === undefined) return false;
  reader.takeWord('ALL', 'DISTINCT');
  return true;
}

/** A SELECT, or a query in parentheses: then the first SELECT in it. */
function readTerm(reader: TokenReader, names: ReadonlySet<string>): SelectBlock | undefined {
  const group = reader.takeGroup();
  if (group !== undefined) return readClauses(reader.inside(group), names)?.body.first;
  if (reader.takeWord('SELECT') === undefined) return reader.misunderstood('SELECT');
  const distinct = reader.takeWord('ALL', 'DISTINCT')?.value === 'DISTINCT';
  const list = readSelectList(reader);
  const from = reader.takeWord('FROM') && readFromClause(reader, names);
  const where = reader.takeWord('WHERE') && readExpression(reader);
  const grouping = readGroupBy(reader);
  const having = reader.takeWord('HAVING') && readExpression(reader);
  if (reader.obstacle !== undefined) return undefined;
  return { distinct, list, from, where, ...grouping, having };
}

function readGroupBy(
  reader: TokenReader,
): Pick<SelectBlock, 'groupBy'> & { readonly groupingSets: boolean } {
  if (!reader.takeWords('GROUP', 'BY')) return { groupBy: undefined, groupingSets: false };
  const isSets = isWord(reader.peek(), 'GROUPING') && isWord(reader.peek(1), 'SETS');
  if (!isSets && !isWord(reader.peek(), 'ROLLUP', 'CUBE')) {
    const groupBy = readExpressions(reader);
    const groupingSets = groupBy.some(({ tokens }) => isWord(tokens[0], 'ROLLUP', 'CUBE'));
    return { groupBy, groupingSets };
  }
  while (!reader.atEnd && !isWord(reader.peek(), ...GROUPING_ENDS)) reader.take();
  return { groupBy: [], groupingSets: true };
}

const GROUPING_ENDS = ['HAVING', 'ORDER', 'UNION', 'INTERSECT', 'EXCEPT', 'MINUS', 'WITH'];

function readOrderBy(reader: TokenReader): OrderClause | undefined {
  const at = reader.peek()?.at ?? 0;
  if (!reader.takeWords('ORDER', 'BY')) return undefined;
  const keys: OrderKey[] = [];
  do {
    const expression = readExpression(reader);
    const descending = reader.takeWord('ASC', 'DESC')?.value === 'DESC';
    // NULL is HANA's smallest value.
    const nullsFirst = readNulls(reader) ?? !descending;
    if (expression !== undefined) keys.push({ expression, descending, nullsFirst });
  } while (reader.takeSymbol(','));
  return { keys, at, end: reader.end };
}

function readNulls(reader: TokenReader): boolean | undefined {
  if (reader.takeWords('NULLS', 'FIRST')) return true;
  return reader.takeWords('NULLS', 'LAST') ? false : undefined;
}

function readParameters(reader: TokenReader): boolean {
  if (!reader.takeWords('WITH', 'PARAMETERS')) return false;
  if (reader.takeGroup() === undefined) reader.misunderstood('parameters in parentheses');
  return true;
}

function readHints(reader: TokenReader): Place | undefined {
  const at = reader.peek()?.at ?? 0;
  if (!reader.takeWords('WITH', 'HINT')) return undefined;
  if (reader.takeGroup() === undefined) reader.misunderstood('hints in parentheses');
  return { at, end: reader.end };
}
