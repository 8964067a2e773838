import { quoteText } from '../rendered-sql.ts';
import { isToken, sqlToken, type Token } from '../token.ts';
import type { Rewrite } from './rewrite.ts';

/** A few tokens in a row, and what stands for them; undefined when they are something else. */
type WordRule = (
  tokens: readonly Token[],
  index: number,
  token: Token,
) => { readonly text: string; readonly length: number } | undefined;

const WORD_RULES: Readonly<Record<string, WordRule>> = {
  MINUS: () => ({ text: 'EXCEPT', length: 1 }),
  // Only fills a session variable.
  TOTAL: (tokens, index) =>
    isToken(tokens[index + 1], 'ROWCOUNT') ? { text: '', length: 2 } : undefined,
  // `TABLESAMPLE BERNOULLI (10)`: HANA's number is a percentage, DuckDB's a number of rows.
  TABLESAMPLE: (tokens, index) => {
    const percentage = tokens[index + 3];
    const method = tokens[index + 1];
    if (!isToken(method, 'BERNOULLI', 'SYSTEM') || percentage?.kind !== 'number') return undefined;
    const text = `TABLESAMPLE ${method?.value ?? ''} (${percentage.value} PERCENT)`;
    return { text, length: 5 };
  },
  // Matches anywhere in the text; DuckDB's operator matches the whole of it.
  LIKE_REGEXPR: (tokens, index) => {
    const pattern = tokens[index + 1];
    if (pattern?.kind !== 'string') return undefined;
    return { text: `SIMILAR TO ${quoteText(`(?s).*(${pattern.value}).*`)}`, length: 2 };
  },
};

/** Words and clauses of queries that DuckDB has under other names. */
export const translateQueryWords: Rewrite = (tokens) => {
  const result: Token[] = [];
  let index = 0;
  while (index < tokens.length) {
    const token = tokens[index];
    if (token === undefined) break;
    const rule = token.kind === 'word' ? WORD_RULES[token.value] : undefined;
    const found = rule?.(tokens, index, token);
    if (found === undefined) result.push(token);
    else if (found.text !== '') result.push(sqlToken(found.text, token));
    index += found?.length ?? 1;
  }
  return result;
};
