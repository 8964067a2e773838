import { syntaxError } from '../errors.ts';
import { quoteText } from '../rendered-sql.ts';
import { closingIndex, isToken, splitAtCommas, sqlToken, type Token } from '../token.ts';
import { formatConversion } from './date-formats.ts';
import type { CompileContext, Rewrite } from './rewrite.ts';

type Call = (args: readonly (readonly Token[])[], name: Token) => readonly Token[] | undefined;

const joined = (parts: readonly (readonly Token[])[], like: Token): readonly Token[] =>
  parts.flatMap((part, index) => (index === 0 ? part : [sqlToken(',', like), ...part]));

/** `MAP(x, a, ra, b, rb, …, else)` as CASE; NULL matches NULL. */
const map: Call = ([value, ...pairs], name) => {
  if (value === undefined || pairs.length < 2) return undefined;
  const sql = (text: string): Token => sqlToken(text, name);
  const result: Token[] = [sql('CASE')];
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    result.push(sql('WHEN'), ...value, sql('IS NOT DISTINCT FROM'), ...(pairs[index] ?? []));
    result.push(sql('THEN'), ...(pairs[index + 1] ?? []));
  }
  const otherwise = pairs.length % 2 === 1 ? (pairs.at(-1) ?? []) : [];
  return [...result, ...(otherwise.length > 0 ? [sql('ELSE'), ...otherwise] : []), sql('END')];
};

/** `TO_DECIMAL(x, p, s)`: a type cannot be a macro's argument. */
const toDecimal: Call = ([value, precision, scale], name) => {
  const digits = precision?.[0]?.value;
  if (value === undefined || digits === undefined) return undefined;
  const type = `DECIMAL(${digits},${scale?.[0]?.value ?? 0})`;
  return [sqlToken('CAST(', name), ...value, sqlToken(` AS ${type})`, name)];
};

/** CHAR is a type to DuckDB's parser. */
const char: Call = (args, name) => [
  sqlToken('CHAR_OF(', name),
  ...joined(args, name),
  sqlToken(')', name),
];

/** `ADD_DAYS('2024-01-31', 1)`: DuckDB adds to no text, so that a literal becomes a date or timestamp. */
const addToDate: Call = ([value, amount], name) => {
  const literal = value?.length === 1 ? value[0] : undefined;
  if (literal?.kind !== 'string' || amount === undefined) return undefined;
  const type = /^\d+-\d+-\d+$/.test(literal.value) ? 'DATE' : 'TIMESTAMP';
  const cast = sqlToken(`${name.value}(CAST(${quoteText(literal.value)} AS ${type}),`, name);
  return [cast, ...amount, sqlToken(')', name)];
};

/**
 * Hashes of any number of VARBINARY arguments, one behind the other. Text becomes VARBINARY by its
 * hexadecimal digits in HANA, so that '00' is one byte.
 */
const hash =
  (name: string): Call =>
  (args, token) => {
    const bytes = args.flatMap((argument, index) => [
      sqlToken(`${index === 0 ? '' : '||'} BYTES_OF_DIGITS(`, token),
      ...argument,
      sqlToken(')', token),
    ]);
    return [sqlToken(`from_hex(${name}(`, token), ...bytes, sqlToken('))', token)];
  };

const CALLS: Readonly<Record<string, Call>> = {
  ADD_DAYS: addToDate,
  ADD_MONTHS: addToDate,
  ADD_YEARS: addToDate,
  HASH_MD5: hash('md5'),
  HASH_SHA256: hash('sha256'),
  MAP: map,
  TO_DECIMAL: toDecimal,
  CHAR: char,
  NCHAR: char,
};

/**
 * Calls that a macro cannot stand for. Also refuses what DuckDB's grammar has and HANA's has not: `::`
 * and `[` begin nothing in HANA.
 */
export const translateFunctions: Rewrite = (tokens, context) => {
  const result: Token[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    refuseForeignSyntax(token, tokens[index + 1], context);
    // NEW ST_POINT(…): spatial constructors are plain functions here.
    if (isToken(token, 'NEW') && isToken(tokens[index + 1], 'ST_POINT', 'ST_GEOMETRY')) continue;
    if (token.kind !== 'word' || !isToken(tokens[index + 1], '(')) {
      result.push(token);
      continue;
    }
    const close = closingIndex(tokens, index + 1);
    const args = splitAtCommas(tokens.slice(index + 2, close));
    const translated = CALLS[token.value]?.(args, token) ?? formatConversion(token, args);
    if (translated === undefined) result.push(token);
    else {
      result.push(...translateFunctions(translated, context));
      index = close;
    }
  }
  return result;
};

function refuseForeignSyntax(token: Token, next: Token | undefined, context: CompileContext): void {
  const doubleColon = isToken(token, ':') && isToken(next, ':');
  if (doubleColon || isToken(token, '[')) {
    throw syntaxError(context.sql, token.at, token.source);
  }
}
