/** Blanks, and what some clients leave before a statement. */
const BLANK = /[\s;]+/y;
const WORD = /[\p{L}_][\p{L}\p{N}_]*|[^]/uy;

/** The first words of a text in upper case, or single signs; comments are skipped. */
export function firstWords(sql: string, count: number): readonly string[] {
  const words: string[] = [];
  let at = 0;
  while (words.length < count && at < sql.length) {
    const next = skipBlank(sql, at);
    if (next > at) {
      at = next;
      continue;
    }
    WORD.lastIndex = at;
    const [word = ''] = WORD.exec(sql) ?? [];
    if (word === '') break;
    words.push(word.toUpperCase());
    at += word.length;
  }
  return words;
}

/** The place behind the blanks or the comment at `at`; `at` when there is neither. */
function skipBlank(sql: string, at: number): number {
  BLANK.lastIndex = at;
  const blank = BLANK.exec(sql);
  if (blank !== null) return BLANK.lastIndex;
  if (sql.startsWith('--', at)) return behind(sql, '\n', at);
  if (sql.startsWith('/*', at)) return behind(sql, '*/', at + 2);
  return at;
}

function behind(sql: string, end: string, from: number): number {
  const place = sql.indexOf(end, from);
  return place < 0 ? sql.length : place + end.length;
}
