/** One item of an option's value. */
export interface Word {
  readonly text: string;
  /** True when it is meant as it stands: it was quoted, or is a name as HANA stores it. */
  readonly exact: boolean;
}

/**
 * One item up to the next comma: "quoted", 'quoted', or anything without quotes. Written so that no text
 * makes it try the same characters over and over.
 */
const ITEM = /(?:\s*"((?:[^"]|"")*)"\s*|\s*'((?:[^']|'')*)'\s*|([^"',]*))(,|$)/y;

/** A whole text that is one quoted item. */
const QUOTED = /^\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)')\s*$/;

/**
 * A list as people write it in SQL: `A, "b"` or `100, 'x,y'`. A quote inside quotes is doubled.
 * Undefined when the quotes do not match.
 */
export function splitWords(list: string): readonly Word[] | undefined {
  const words: Word[] = [];
  ITEM.lastIndex = 0;
  for (;;) {
    const match = ITEM.exec(list);
    if (match === null) return undefined;
    const [, double, single, bare = '', end] = match;
    words.push(exactWord(double, single) ?? { text: bare.trim(), exact: false });
    if (end === '') return words;
  }
}

/** A text that is one item, commas and all; quotes around the whole of it are taken off. */
export function soleWord(text: string): Word {
  const [, double, single] = QUOTED.exec(text) ?? [];
  return exactWord(double, single) ?? { text: text.trim(), exact: false };
}

/** The value of a FLIGHT hint: one text, or JSON of several; names are as HANA stores them. */
export function hintWords(value: string): readonly Word[] {
  return (textArray(value) ?? [value]).map((text) => ({ text, exact: true }));
}

function exactWord(double: string | undefined, single: string | undefined): Word | undefined {
  if (double !== undefined) return { text: double.replaceAll('""', '"'), exact: true };
  if (single !== undefined) return { text: single.replaceAll("''", "'"), exact: true };
  return undefined;
}

function textArray(json: string): readonly string[] | undefined {
  if (!json.startsWith('[')) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const items: readonly unknown[] = parsed;
  return items.every((item) => typeof item === 'string') ? items : undefined;
}
