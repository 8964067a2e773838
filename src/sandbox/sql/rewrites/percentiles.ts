import { closingIndex, isToken, sqlToken, type Token } from '../token.ts';
import type { Rewrite } from './rewrite.ts';

/** DuckDB's window functions in place of HANA's; a negative share counts from the end. */
const QUANTILES: Readonly<Record<string, string>> = {
  PERCENTILE_DISC: 'quantile_disc',
  PERCENTILE_CONT: 'quantile_cont',
};

/**
 * `PERCENTILE_DISC(p) WITHIN GROUP (ORDER BY x) OVER (…)` as a quantile: DuckDB's WITHIN GROUP takes no
 * window. Without OVER it is left as it is.
 */
export const translatePercentiles: Rewrite = (tokens) => {
  const result: Token[] = [];
  let index = 0;
  while (index < tokens.length) {
    const percentile = percentileAt(tokens, index);
    const token = tokens[index];
    if (token === undefined) break;
    result.push(...(percentile?.tokens ?? [token]));
    index = percentile?.next ?? index + 1;
  }
  return result;
};

interface Percentile {
  readonly tokens: readonly Token[];
  readonly next: number;
}

function percentileAt(tokens: readonly Token[], start: number): Percentile | undefined {
  const name = tokens[start];
  const quantile = name?.kind === 'word' ? QUANTILES[name.value] : undefined;
  if (name === undefined || quantile === undefined || !isToken(tokens[start + 1], '(')) {
    return undefined;
  }
  const share = closingIndex(tokens, start + 1);
  const inGroup = isToken(tokens[share + 1], 'WITHIN') && isToken(tokens[share + 2], 'GROUP');
  const order = closingIndex(tokens, share + 3);
  if (!inGroup || !isToken(tokens[order + 1], 'OVER')) return undefined;
  // Behind ( ORDER BY; percentiles leave NULL out, wherever it is sorted.
  const sorted = tokens.slice(share + 6, order);
  const end = sorted.findIndex((token) => isToken(token, 'ASC', 'DESC', 'NULLS'));
  const value = end < 0 ? sorted : sorted.slice(0, end);
  const sign = sorted.some((token) => isToken(token, 'DESC')) ? '-' : '';
  const sql = (text: string): Token => sqlToken(text, name);
  const shareTokens = tokens.slice(start + 2, share);
  return {
    tokens: [sql(`${quantile}(`), ...value, sql(`, ${sign}(`), ...shareTokens, sql('))')],
    next: order + 1,
  };
}
