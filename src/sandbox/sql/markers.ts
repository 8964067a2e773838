import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { DuckDBTypeId } from '@duckdb/node-api';
import { columnNamed, type TableDefinition } from './catalog/definitions.ts';
import { hanaErrorOf } from './duckdb-errors.ts';
import { type RenderedSql, renderSql } from './rendered-sql.ts';
import type { CompileContext } from './rewrites/rewrite.ts';
import { isName, isToken, sqlToken, type Token } from './token.ts';
import { defaultTypeOf } from './types/default-types.ts';
import {
  FLOATING_DECIMAL,
  type HanaType,
  hanaType,
  LONGEST_NVARCHAR,
  storageOf,
} from './types/hana-type.ts';

/** A statement bound by DuckDB with a type for each of its markers; the caller destroys it. */
export interface BoundStatement {
  readonly rendered: RenderedSql;
  readonly prepared: DuckDBPreparedStatement;
  readonly markerTypes: readonly HanaType[];
}

/** Types tried in turn for a marker about which nothing is known. HANA says NVARCHAR(5000), too. */
const GUESSES: readonly HanaType[] = [
  LONGEST_NVARCHAR,
  hanaType('BIGINT'),
  hanaType('DOUBLE'),
  hanaType('TIMESTAMP'),
];

/**
 * Lets DuckDB bind a statement. It infers the type of a marker in a comparison, but not of one in
 * arithmetic, and then tells nothing of the columns either: such a marker gets the type of its
 * neighbour by an explicit cast.
 */
export async function bindStatement(
  connection: DuckDBConnection,
  tokens: readonly Token[],
  context: CompileContext,
): Promise<BoundStatement> {
  const plain = await prepared(connection, tokens, context);
  const unknown = unknownMarkers(plain.prepared);
  if (unknown.size === 0) return plain;
  plain.prepared.destroySync();
  let failure: unknown;
  for (const guess of GUESSES) {
    try {
      return await prepared(connection, withCasts(tokens, unknown, guess, context), context);
    } catch (error) {
      failure ??= error;
    }
  }
  throw hanaErrorOf(failure, undefined);
}

async function prepared(
  connection: DuckDBConnection,
  tokens: readonly Token[],
  context: CompileContext,
): Promise<BoundStatement> {
  const rendered = renderSql(tokens);
  try {
    const statement = await connection.prepare(rendered.text);
    return { rendered, prepared: statement, markerTypes: inferredTypes(statement) };
  } catch (error) {
    throw hanaErrorOf(error, { source: context.sql, rendered });
  }
}

const isKnown = (typeId: DuckDBTypeId): boolean =>
  typeId !== DuckDBTypeId.INVALID && typeId !== DuckDBTypeId.ANY;

const inferredTypes = (statement: DuckDBPreparedStatement): readonly HanaType[] =>
  Array.from({ length: statement.parameterCount }, (_, index) =>
    isKnown(statement.parameterTypeId(index + 1))
      ? defaultTypeOf(statement.parameterType(index + 1))
      : LONGEST_NVARCHAR,
  );

const unknownMarkers = (statement: DuckDBPreparedStatement): ReadonlySet<number> =>
  new Set(
    Array.from({ length: statement.parameterCount }, (_, index) => index + 1).filter(
      (marker) => !isKnown(statement.parameterTypeId(marker)),
    ),
  );

function withCasts(
  tokens: readonly Token[],
  markers: ReadonlySet<number>,
  guess: HanaType,
  context: CompileContext,
): readonly Token[] {
  return tokens.map((token, index) => {
    if (token.kind !== 'marker' || !markers.has(Number(token.value.slice(1)))) return token;
    const type = neighbourType(tokens, index, context) ?? guess;
    return sqlToken(`CAST($${token.value.slice(1)} AS ${storageOf(type)})`, token);
  });
}

const ARITHMETIC = ['+', '-', '*', '/'] as const;

/** The kind of number on the other side of an arithmetic operator. */
function neighbourType(
  tokens: readonly Token[],
  index: number,
  context: CompileContext,
): HanaType | undefined {
  if (isToken(tokens[index - 1], ...ARITHMETIC)) {
    return numberType(tokens[index - 2], context.tables);
  }
  if (!isToken(tokens[index + 1], ...ARITHMETIC)) return undefined;
  // `t.column` or `column`
  const qualified = isToken(tokens[index + 3], '.');
  return numberType(tokens[index + (qualified ? 4 : 2)], context.tables);
}

function numberType(operand: Token | undefined, tables: readonly TableDefinition[]): HanaType {
  const wholeLiteral = operand?.kind === 'number' && /^\d+$/.test(operand.value);
  if (wholeLiteral) return hanaType('BIGINT');
  if (!isName(operand)) return FLOATING_DECIMAL;
  const column = tables
    .map((table) => columnNamed(table, operand.value))
    .find((found) => found !== undefined);
  const name = column?.type.name;
  if (name === undefined) return FLOATING_DECIMAL;
  if (name === 'REAL' || name === 'DOUBLE') return hanaType('DOUBLE');
  return WHOLE_NUMBERS.has(name) ? hanaType('BIGINT') : FLOATING_DECIMAL;
}

const WHOLE_NUMBERS: ReadonlySet<string> = new Set(['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT']);
