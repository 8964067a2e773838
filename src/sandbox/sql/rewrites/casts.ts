import { hanaError, syntaxError } from '../errors.ts';
import { closingIndex, isToken, splitAtCommas, sqlToken, type Token } from '../token.ts';
import { type HanaType, hanaTypeNamed, storageOf } from '../types/hana-type.ts';
import type { CompileContext, Rewrite } from './rewrite.ts';

/** A type in SQL text and the number of tokens that name it. */
export interface ParsedType {
  readonly type: HanaType;
  readonly tokens: number;
}

/** Reads a type such as `NVARCHAR(20)` at `start`. Error 257 where no type stands. */
export function parseType(tokens: readonly Token[], start: number, sql: string): ParsedType {
  const name = tokens[start];
  if (name?.kind !== 'word') throw syntaxError(sql, name?.at ?? sql.length, name?.source ?? '');
  const opens = isToken(tokens[start + 1], '(');
  const close = opens ? closingIndex(tokens, start + 1) : start;
  const args = opens
    ? splitAtCommas(tokens.slice(start + 2, close)).map((part) => Number(part[0]?.value))
    : [];
  const type = hanaTypeNamed(name.value, args);
  if (type === undefined || args.some(Number.isNaN)) {
    throw hanaError('syntax', `sql syntax error: invalid datatype ${name.source}`, { at: name.at });
  }
  return { type, tokens: close - start + 1 };
}

const WHOLE_NUMBERS: ReadonlySet<string> = new Set(['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT']);

/** `CAST(x AS type)` with HANA's type names: text is cut to its length, fractions are cut off. */
export const translateCasts: Rewrite = (tokens, context) => {
  const result: Token[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (!isToken(token, 'CAST') || !isToken(tokens[index + 1], '(')) {
      result.push(token);
      continue;
    }
    const close = closingIndex(tokens, index + 1);
    result.push(...castTokens(tokens.slice(index, close + 1), context));
    index = close;
  }
  return result;
};

/** @param cast the tokens from CAST to the closing parenthesis. */
function castTokens(cast: readonly Token[], context: CompileContext): readonly Token[] {
  const as = asIndex(cast);
  const [first] = cast;
  if (first === undefined) return cast;
  if (as < 0)
    throw syntaxError(context.sql, cast.at(-1)?.at ?? first.at, cast.at(-1)?.source ?? '');
  const { type, tokens } = parseType(cast, as + 1, context.sql);
  const hasLength = tokens > 1;
  const value = translateCasts(cast.slice(2, as), context);
  const sql = (text: string): Token => sqlToken(text, first);
  const storage = storageOf(type);
  // A parameter is cut off when it is bound, and so has the type of the cast.
  const isParameter = value.length === 1 && value[0]?.kind === 'marker';
  if (WHOLE_NUMBERS.has(type.name) && !isParameter) {
    return [sql('CAST(trunc(CAST(('), ...value, sql(`) AS DECIMAL(38,15))) AS ${storage})`)];
  }
  if (storage === 'VARCHAR' && hasLength) {
    return [sql('left(TO_NVARCHAR('), ...value, sql(`), ${type.length})`)];
  }
  if (storage === 'VARCHAR') return [sql('TO_NVARCHAR('), ...value, sql(')')];
  if (storage === 'BLOB') return [sql('TO_VARBINARY('), ...value, sql(')')];
  return [sql('CAST('), ...value, sql(` AS ${storage})`)];
}

function asIndex(cast: readonly Token[]): number {
  let depth = 0;
  let found = -1;
  cast.forEach((token, index) => {
    if (isToken(token, '(')) depth++;
    if (isToken(token, ')')) depth--;
    if (depth === 1 && isToken(token, 'AS')) found = index;
  });
  return found;
}
