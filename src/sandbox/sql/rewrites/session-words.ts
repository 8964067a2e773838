import { UTC_NOW } from '../commit-clock.ts';
import { quoteText } from '../rendered-sql.ts';
import { closingIndex, isToken, sqlToken, type Token } from '../token.ts';
import type { CompileContext, Rewrite } from './rewrite.ts';

/** A name of the session as HANA describes it, NVARCHAR(256): the function gives the literal its type. */
const nameOfSession = (name: string): string => `left(${quoteText(name)}, 256)`;

/** Words without parentheses that stand for a value of the session. */
const SESSION_WORDS: Readonly<Record<string, (context: CompileContext) => string>> = {
  CURRENT_USER: ({ user }) => nameOfSession(user),
  SESSION_USER: ({ user }) => nameOfSession(user),
  CURRENT_SCHEMA: ({ currentSchema }) => nameOfSession(currentSchema),
  CURRENT_CONNECTION: ({ connectionId }) => String(connectionId),
  CURRENT_TIMESTAMP: () => UTC_NOW,
  CURRENT_UTCTIMESTAMP: () => UTC_NOW,
  LOCALTIMESTAMP: () => UTC_NOW,
  CURRENT_DATE: () => `CAST(${UTC_NOW} AS DATE)`,
  CURRENT_UTCDATE: () => `CAST(${UTC_NOW} AS DATE)`,
  CURRENT_TIME: () => `CAST(${UTC_NOW} AS TIME)`,
  CURRENT_UTCTIME: () => `CAST(${UTC_NOW} AS TIME)`,
  SYSUUID: () => "from_hex(replace(CAST(uuid() AS VARCHAR), '-', ''))",
};

/** CURRENT_USER and the like: no column, though it looks like one. */
export const isSessionWord = (token: Token | undefined): boolean =>
  token?.kind === 'word' && Object.hasOwn(SESSION_WORDS, token.value);

/** Functions whose argument is a literal: their value is known when the statement is compiled. */
const SESSION_FUNCTIONS: Readonly<
  Record<string, (context: CompileContext, argument: string) => string>
> = {
  SESSION_CONTEXT: (context, name) => {
    const value = sessionContext(context, name);
    return value === undefined ? 'CAST(NULL AS VARCHAR)' : quoteText(value);
  },
};

/** Values of SESSION_CONTEXT that the system itself sets. */
function sessionContext(context: CompileContext, name: string): string | undefined {
  if (name === 'CONN_ID') return String(context.connectionId);
  if (name === 'CURRENT_SCHEMA') return context.currentSchema;
  return context.variable(name);
}

/** CURRENT_USER, CURRENT_TIMESTAMP, SESSION_CONTEXT('…') and their kin. */
export const replaceSessionWords: Rewrite = (tokens, context) => {
  const result: Token[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    const isPlain = token.kind === 'word' && !isToken(tokens[index - 1], '.', 'AS');
    const called = isToken(tokens[index + 1], '(');
    const word = isPlain ? SESSION_WORDS[token.value] : undefined;
    const fn = isPlain && called ? SESSION_FUNCTIONS[token.value] : undefined;
    const argument = tokens[index + 2];
    if (word !== undefined) {
      result.push(sqlToken(word(context), token));
      if (called && isToken(argument, ')')) index += 2;
    } else if (fn !== undefined && argument?.kind === 'string') {
      result.push(sqlToken(fn(context, argument.value), token));
      index = closingIndex(tokens, index + 1);
    } else result.push(token);
  }
  return result;
};
