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
  TABLESAMPLE: (tokens, index) => sampleClause(tokens, index),
  // Matches anywhere in the text; DuckDB's operator matches the whole of it.
  LIKE_REGEXPR: (tokens, index) => {
    const pattern = tokens[index + 1];
    if (pattern?.kind !== 'string') return undefined;
    return { text: `SIMILAR TO ${quoteText(`(?s).*(${pattern.value}).*`)}`, length: 2 };
  },
};

/**
 * `TABLESAMPLE [BERNOULLI | SYSTEM] (10)`: HANA's number is a percentage, DuckDB's a number of rows. The
 * method without a word is not documented: SYSTEM. What is no percentage is left for the parser to refuse.
 */
function sampleClause(tokens: readonly Token[], index: number): ReturnType<WordRule> {
  const named = isToken(tokens[index + 1], 'BERNOULLI', 'SYSTEM');
  const percentage = tokens[index + (named ? 3 : 2)];
  const share = Number(percentage?.value);
  if (percentage?.kind !== 'number' || !(share > 0 && share <= 100)) {
    return { text: 'TABLESAMPLE', length: tokens.length - index };
  }
  const method = named ? tokens[index + 1]?.value : 'SYSTEM';
  const text = `TABLESAMPLE ${method ?? ''} (${percentage.value} PERCENT)`;
  return { text, length: named ? 5 : 4 };
}

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
