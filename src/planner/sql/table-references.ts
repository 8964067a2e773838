import { isClauseWord, readExpression, readOperand } from './expressions.ts';
import type { TableReference } from './query.ts';
import { readAlias } from './select-list.ts';
import { type Group, isGroup, isSubquery, type Leaf, quoteIdentifier } from './token.ts';
import type { TokenReader } from './token-reader.ts';

/** A table or view with a name. */
export interface NamedTable {
  readonly kind: 'table';
  readonly reference: TableReference;
  /** What the rest of the query calls it. */
  readonly name: string;
  /** Offset behind its name, where FOR SYSTEM_TIME and PARTITION belong. */
  readonly nameEnd: number;
  /** True when the query itself names parts or a moment. */
  readonly restricted: boolean;
}

/** A query in parentheses, a name of the WITH list, or a table function. */
interface DerivedTable {
  readonly kind: 'derived';
  readonly name: string | undefined;
}

export interface FromClause {
  /** Everything that supplies rows, in the order of the text. */
  readonly sources: readonly (NamedTable | DerivedTable)[];
  /** True for NATURAL JOIN and USING: columns then belong to no single table. */
  readonly mergesColumns: boolean;
  /** Offset behind the clause. */
  readonly end: number;
}

interface FromState {
  readonly sources: (NamedTable | DerivedTable)[];
  mergesColumns: boolean;
  /** Names that WITH gives to queries. */
  readonly commonNames: ReadonlySet<string>;
}

/** Reads the list of tables behind FROM. */
export function readFromClause(
  reader: TokenReader,
  commonNames: ReadonlySet<string>,
): FromClause | undefined {
  const state: FromState = { sources: [], mergesColumns: false, commonNames };
  readTables(reader, state);
  if (reader.obstacle !== undefined) return undefined;
  return { sources: state.sources, mergesColumns: state.mergesColumns, end: reader.end };
}

function readTables(reader: TokenReader, state: FromState): void {
  do {
    readTable(reader, state);
    while (takeJoin(reader, state)) {
      readTable(reader, state);
      readJoinCondition(reader, state);
    }
  } while (reader.takeSymbol(','));
}

/** A table, or what stands in its place. */
function readTable(reader: TokenReader, state: FromState): void {
  const isLateral = reader.takeWord('LATERAL') !== undefined;
  const group = reader.takeGroup();
  if (group !== undefined && (isLateral || isQueryInParentheses(reader, group))) {
    state.sources.push({ kind: 'derived', name: readAlias(reader)?.value });
  } else if (group !== undefined) {
    const inner = reader.inside(group);
    readTables(inner, state);
    if (!inner.atEnd) inner.misunderstood('the end of a join in parentheses');
  } else readNamed(reader, state);
}

/** Tells `((SELECT …) UNION …)` from `((SELECT …) A JOIN …)`. */
function isQueryInParentheses(reader: TokenReader, group: Group): boolean {
  if (!isSubquery(group)) return false;
  const inner = reader.inside(group);
  if (inner.takeGroup() === undefined) return true;
  const operator = inner.takeWord('UNION', 'INTERSECT', 'EXCEPT', 'MINUS', 'ORDER', 'WITH');
  return operator !== undefined || inner.atEnd;
}

function readNamed(reader: TokenReader, state: FromState): void {
  const path = readPath(reader);
  const [table, schema] = path.toReversed();
  if (table === undefined) return;
  const nameEnd = reader.end;
  const isFunction = reader.takeGroup() !== undefined;
  const restricted = !isFunction && readRestriction(reader);
  const called = readAlias(reader) ?? table;
  const name = called.value;
  // A name of three parts is of another database.
  const isCommon = schema === undefined && state.commonNames.has(table.value);
  if (isFunction || isCommon || path.length > 2) state.sources.push({ kind: 'derived', name });
  else {
    const reference = { schema: schema?.value, name: table.value, qualifier: qualifierOf(called) };
    state.sources.push({ kind: 'table', reference, name, nameEnd, restricted });
  }
}

/** How HANA folds letters beyond ASCII is its own affair: such a name is used as it is written. */
function qualifierOf({ kind, value, source }: Leaf): string {
  return kind === 'quoted' || /^[\w#$]*$/.test(value) ? quoteIdentifier(value) : source;
}

function readPath(reader: TokenReader): readonly Leaf[] {
  const path: Leaf[] = [];
  do {
    const name = isClauseWord(reader.peek()) ? undefined : reader.takeName();
    if (name === undefined) {
      reader.misunderstood('a table');
      return [];
    }
    path.push(name);
  } while (reader.takeSymbol('.'));
  return path;
}

/** `FOR SYSTEM_TIME …` and `PARTITION (…)` behind a table. @returns whether there was one. */
function readRestriction(reader: TokenReader): boolean {
  const ofTime = readPeriod(reader);
  const ofParts = isGroup(reader.peek(1)) && reader.takeWord('PARTITION') !== undefined;
  if (ofParts) reader.takeGroup();
  return ofTime || ofParts;
}

function readPeriod(reader: TokenReader): boolean {
  if (!['SYSTEM_TIME', 'APPLICATION_TIME'].some((time) => reader.takeWords('FOR', time))) {
    return false;
  }
  if (reader.takeWords('AS', 'OF')) readOperand(reader);
  else {
    const isBetween = reader.takeWord('BETWEEN') !== undefined;
    if (!isBetween && reader.takeWord('FROM') === undefined) reader.misunderstood('a period');
    readOperand(reader);
    if (reader.takeWord(isBetween ? 'AND' : 'TO') === undefined) reader.misunderstood('its end');
    readOperand(reader);
  }
  return true;
}

/** The words of a join, with HANA's cardinality in it: `LEFT OUTER MANY TO ONE JOIN`. */
function takeJoin(reader: TokenReader, state: FromState): boolean {
  const start = reader.position;
  if (reader.takeWord('NATURAL') !== undefined) state.mergesColumns = true;
  if (reader.takeWord('LEFT', 'RIGHT', 'FULL') !== undefined) reader.takeWord('OUTER');
  else reader.takeWord('INNER', 'CROSS');
  if (reader.position > start) {
    while (reader.takeWord('EXACT', 'MANY', 'ONE', 'TO') !== undefined);
  }
  if (reader.takeWord('JOIN') !== undefined) return true;
  if (reader.position > start) reader.misunderstood('JOIN');
  return false;
}

function readJoinCondition(reader: TokenReader, state: FromState): void {
  if (reader.takeWord('ON') !== undefined) readExpression(reader);
  else if (reader.takeWord('USING') !== undefined) {
    state.mergesColumns = true;
    if (reader.takeGroup() === undefined) reader.misunderstood('columns in parentheses');
  }
}
