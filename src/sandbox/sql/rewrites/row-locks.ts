import { isToken, type Token } from '../token.ts';
import type { Rewrite } from './rewrite.ts';

/** `FOR UPDATE [OF …] [NOWAIT | WAIT n | IGNORE LOCKED]`, `FOR SHARE LOCK`: DuckDB has no row locks. */
export const dropRowLocks: Rewrite = (tokens) => {
  const start = lockIndex(tokens);
  return start < 0 ? tokens : tokens.slice(0, start);
};

/** The statement locks the rows it reads: function code SELECTFORUPDATE. */
export const locksRows = (tokens: readonly Token[]): boolean => lockIndex(tokens) >= 0;

function lockIndex(tokens: readonly Token[]): number {
  return tokens.findIndex(
    (token, index) => isToken(token, 'FOR') && isToken(tokens[index + 1], 'UPDATE', 'SHARE'),
  );
}
