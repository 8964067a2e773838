import { closingIndex, isToken, type Token } from '../token.ts';
import type { Rewrite } from './rewrite.ts';

/** `WITH HINT (…)` changes no result: dropped. */
export const dropHints: Rewrite = (tokens) => {
  const kept: Token[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (isToken(token, 'WITH') && isToken(tokens[index + 1], 'HINT')) {
      index = closingIndex(tokens, index + 2);
    } else kept.push(token);
  }
  return kept;
};
