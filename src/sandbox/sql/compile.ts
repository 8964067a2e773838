import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from './rendered-sql.ts';
import { translateCasts } from './rewrites/casts.ts';
import { translateFunctions } from './rewrites/functions.ts';
import { dropHints } from './rewrites/hints.ts';
import { translatePercentiles } from './rewrites/percentiles.ts';
import { translateQueryWords } from './rewrites/query-words.ts';
import type { CompileContext, Rewrite } from './rewrites/rewrite.ts';
import { dropRowLocks } from './rewrites/row-locks.ts';
import { translateSelectLists } from './rewrites/select-lists.ts';
import { replaceSessionWords } from './rewrites/session-words.ts';
import { translateTableReferences } from './rewrites/table-references.ts';
import type { Token } from './token.ts';
import type { ColumnFact, ColumnLookup } from './types/column-fact.ts';
import { planFacts } from './types/plan-columns.ts';

/**
 * The differences between HANA's queries and DuckDB's, in the order they are taken out. Each knows
 * nothing of the others, but what TOP and aliases look like must be settled before names are resolved.
 */
const QUERY_REWRITES: readonly Rewrite[] = [
  dropHints,
  dropRowLocks,
  translateSelectLists,
  translateTableReferences,
  translateQueryWords,
  translatePercentiles,
  replaceSessionWords,
  translateCasts,
  translateFunctions,
];

/** The rewrites of expressions alone: for DEFAULT, SET and VALUES. */
const EXPRESSION_REWRITES: readonly Rewrite[] = [
  replaceSessionWords,
  translateCasts,
  translateFunctions,
];

const applied = (
  rewrites: readonly Rewrite[],
  tokens: readonly Token[],
  context: CompileContext,
): readonly Token[] => rewrites.reduce((result, rewrite) => rewrite(result, context), tokens);

export function translateQuery(
  tokens: readonly Token[],
  context: CompileContext,
): readonly Token[] {
  return applied(QUERY_REWRITES, tokens, context);
}

export function translateExpression(
  tokens: readonly Token[],
  context: CompileContext,
): readonly Token[] {
  return applied(EXPRESSION_REWRITES, tokens, context);
}

/** What DuckDB's plan tells about the columns of a query; empty when it cannot be had. */
export async function queryFacts(
  connection: DuckDBConnection,
  sql: string,
  lookup: ColumnLookup,
): Promise<readonly ColumnFact[]> {
  const reader = await connection.runAndReadAll(`SELECT json_serialize_plan(${quoteText(sql)})`);
  const plan = reader.getRowsJson()[0]?.[0];
  return typeof plan === 'string' ? (planFacts(plan, lookup)?.columns ?? []) : [];
}
