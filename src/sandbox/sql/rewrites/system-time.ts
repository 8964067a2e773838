import type { TableDefinition } from '../catalog/definitions.ts';
import { hanaError, placeOf, syntaxError } from '../errors.ts';
import { quoteName, sqlText } from '../rendered-sql.ts';
import { isToken, type Token } from '../token.ts';
import type { CompileContext } from './rewrite.ts';
import { physicalTable, type ResolvedTable } from './table-names.ts';

/** One of the tables whose rows together are the rows of a reference. */
export interface RowSource {
  /** The table in DuckDB. */
  readonly text: string;
  /** DuckDB's condition for the rows that belong; undefined for all. */
  readonly condition: string | undefined;
}

export interface TimeTravel {
  readonly sources: readonly RowSource[];
  /** First token behind the clause. */
  readonly next: number;
}

/**
 * `FOR SYSTEM_TIME AS OF t`, `FROM a TO b`, `BETWEEN a AND b` behind a system-versioned table: its current
 * rows and those of its history that were valid then. Undefined when no such clause stands at `start`.
 */
export function timeTravel(
  tokens: readonly Token[],
  start: number,
  resolved: ResolvedTable,
  context: CompileContext,
): TimeTravel | undefined {
  if (!isToken(tokens[start], 'FOR') || !isToken(tokens[start + 1], 'SYSTEM_TIME'))
    return undefined;
  const { table, text } = resolved;
  const history = historyOf(table, context, tokens[start]?.at ?? 0);
  const { period } = table;
  if (period === undefined) throw notVersioned(table, context, tokens[start]?.at ?? 0);
  const from = quoteName(period.startColumn);
  const to = quoteName(period.endColumn);
  const moment = (index: number): string => momentText(tokens[index], context);
  const word = (index: number, ...words: readonly string[]): void => {
    const token = tokens[index];
    if (isToken(token, ...words)) return;
    throw syntaxError(context.sql, token?.at ?? context.sql.length, token?.source ?? '');
  };
  const kind = tokens[start + 2];
  word(start + 2, 'AS', 'FROM', 'BETWEEN');
  let condition: string;
  let next = start + 6;
  if (isToken(kind, 'AS')) {
    word(start + 3, 'OF');
    next = start + 5;
    condition = `${from} <= ${moment(start + 4)} AND ${to} > ${moment(start + 4)}`;
  } else {
    const isRange = isToken(kind, 'FROM');
    word(start + 4, isRange ? 'TO' : 'AND');
    const reached = isRange ? '<' : '<=';
    condition = `${from} ${reached} ${moment(start + 5)} AND ${to} > ${moment(start + 3)}`;
  }
  return { sources: [text, history].map((source) => ({ text: source, condition })), next };
}

/** The history table in DuckDB. To read it the user needs SELECT on it, as on the table. */
function historyOf(table: TableDefinition, context: CompileContext, at: number): string {
  const { history } = table;
  if (history === undefined) throw notVersioned(table, context, at);
  return physicalTable({ ...history, at, next: 0 }, context, 'SELECT').text;
}

function notVersioned({ name }: TableDefinition, context: CompileContext, at: number): Error {
  const place = placeOf(context.sql, at);
  return hanaError(
    'notSupported',
    `feature not supported: FOR SYSTEM_TIME: table ${name} is not system-versioned: ${place}`,
    { at },
  );
}

const MOMENT = /^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?$/;

/** HANA takes a literal here; a parameter, too, may stand for one. Error 303 for what is no time. */
function momentText(token: Token | undefined, context: CompileContext): string {
  if (token?.kind === 'string' && !MOMENT.test(token.value)) {
    const text = `invalid DATE, TIME or TIMESTAMP value: ${token.value}`;
    throw hanaError('invalidDate', text, { at: token.at });
  }
  if (token?.kind === 'string' || token?.kind === 'marker') {
    return `CAST(${sqlText([token])} AS TIMESTAMP)`;
  }
  throw syntaxError(context.sql, token?.at ?? context.sql.length, token?.source ?? '');
}
