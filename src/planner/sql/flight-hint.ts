import { HanaFlightError } from '../../core/errors.ts';
import { isGroup, isSymbol, isWord, type Leaf, type Token } from './token.ts';
import { nestTokens } from './token-tree.ts';
import { type Comment, tokenize } from './tokenizer.ts';

/** A part of the text, by offsets. */
export interface Span {
  readonly at: number;
  readonly end: number;
}

export interface FlightHints {
  /** Values by lower-case name; the last one counts. See {@link readFlightHints} for their form. */
  readonly values: ReadonlyMap<string, string>;
  /** What is taken out of the query. */
  readonly spans: readonly Span[];
}

/** The name that a value without one has: `FLIGHT(off)`, `FLIGHT(16)`. */
const UNNAMED = 'endpoints';

/** Its values are names of columns, which HANA stores in upper case unless they are quoted. */
const COLUMN = 'column';

const EXPECTED_VALUE = `a value such as 8, modulo, '2024-01-01' or (A, "b")`;
const EXPECTED_SETTING = 'FLIGHT(name=value, …), FLIGHT(off) or FLIGHT(16)';

/**
 * Reads `FLIGHT(endpoints=16, column=(A, "b"), …)` from hint comments. Names are not judged here. A value
 * is its text: words as they are written, strings and quoted names without quotes. A list in parentheses
 * is the text of a JSON array of such texts. `column` always is one, with the names as HANA stores them:
 * `column=id` and `column=ID` give `["ID"]`, `column="id"` gives `["id"]`.
 *
 * @throws HanaFlightError `invalid-argument` for a FLIGHT hint that is malformed.
 */
export function readFlightHints(sql: string, comments: readonly Comment[]): FlightHints {
  const values = new Map<string, string>();
  const spans = comments
    .filter(({ at }) => sql.startsWith('/*+', at))
    .flatMap((comment) => new HintComment(sql, comment).readInto(values));
  return { values, spans };
}

/** One hint comment. It may hold other hints too, which are HANA's. */
class HintComment {
  readonly #sql: string;
  readonly #comment: Comment;
  readonly #tokens: readonly Token[];

  constructor(sql: string, comment: Comment) {
    this.#sql = sql;
    this.#comment = comment;
    const content = sql.slice(comment.at + 3, comment.end - 2);
    const start = comment.at + 3;
    this.#tokens = nestTokens(tokenize(content).tokens.map((token) => moved(token, start)));
  }

  /** @returns what is to be taken out. */
  readInto(values: Map<string, string>): readonly Span[] {
    const tokens = this.#tokens;
    const own = new Set<Token>();
    tokens.forEach((token, index) => {
      if (!isWord(token, 'FLIGHT')) return;
      const group = tokens[index + 1];
      if (!isGroup(group)) throw this.#malformed(EXPECTED_SETTING, group, group ?? token);
      for (const setting of splitAtCommas(group.items)) {
        const [first] = setting;
        if (first === undefined) throw this.#malformed(EXPECTED_SETTING, undefined, group);
        this.#readSetting(setting, first, values);
      }
      own.add(token).add(group);
      const comma = [tokens[index + 2], tokens[index - 1]].find((next) => isSymbol(next, ','));
      if (comma !== undefined) own.add(comma);
    });
    if (own.size === 0) return [];
    const others = tokens.filter((token) => !own.has(token) && !isSymbol(token, ','));
    return others.length === 0 ? [this.#comment] : [...own];
  }

  #readSetting(tokens: readonly Token[], first: Token, values: Map<string, string>): void {
    const second = tokens[1];
    if (!isSymbol(second, '=')) {
      values.set(UNNAMED, this.#scalar(tokens, first));
      return;
    }
    if (first.kind !== 'word') throw this.#malformed('a name before =', first);
    const name = first.value.toLowerCase();
    const value = tokens.slice(2);
    const [list] = value;
    if (isGroup(list) && value.length === 1) {
      const elements = splitAtCommas(list.items);
      values.set(
        name,
        JSON.stringify(elements.map((element) => this.#element(name, element, list))),
      );
    } else {
      const text = this.#element(name, value, second);
      values.set(name, name === COLUMN ? JSON.stringify([text]) : text);
    }
  }

  /** @param place stands for the value in an error when there is none. */
  #element(name: string, tokens: readonly Token[], place: Token): string {
    const [first] = tokens;
    const isUnquotedName = tokens.length === 1 && first?.kind === 'word';
    return name === COLUMN && isUnquotedName ? first.value : this.#scalar(tokens, place);
  }

  #scalar(tokens: readonly Token[], place: Token): string {
    const [first, second] = tokens;
    if (first === undefined) throw this.#malformed(EXPECTED_VALUE, undefined, place);
    if (tokens.length === 1 && (first.kind === 'string' || first.kind === 'quoted')) {
      return first.value;
    }
    const isSigned = tokens.length === 2 && isSymbol(first, '-', '+') && isNumber(second);
    const isPlain = tokens.length === 1 && isNumber(first);
    if (!isPlain && !isSigned && !isHyphenated(tokens)) {
      throw this.#malformed(EXPECTED_VALUE, first);
    }
    return this.#sql.slice(first.at, tokens.at(-1)?.end);
  }

  #malformed(
    expected: string,
    found: Token | undefined,
    place: Token | undefined = found,
  ): HanaFlightError {
    const at = place?.at ?? this.#comment.at;
    const came = found === undefined ? 'nothing' : this.#sql.slice(found.at, found.end);
    return new HanaFlightError(
      'invalid-argument',
      `malformed FLIGHT hint at position ${at + 1}: expected ${expected}, got ${came}`,
    );
  }
}

const isNumber = (token: Token | undefined): boolean => token?.kind === 'number';

const moved = (token: Leaf, by: number): Leaf => ({
  ...token,
  at: token.at + by,
  end: token.end + by,
});

/** One word, or several with hyphens and no blanks between them: `as-of`. */
function isHyphenated(tokens: readonly Token[]): boolean {
  return (
    tokens.length % 2 === 1 &&
    tokens.every((token, index) => {
      const fits = index % 2 === 0 ? token.kind === 'word' : isSymbol(token, '-');
      return fits && (index === 0 || tokens[index - 1]?.end === token.at);
    })
  );
}

function splitAtCommas(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (isSymbol(token, ',')) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** Blanks in place of the spans, line ends kept: positions in HANA's messages stay true. */
export function blankOut(sql: string, spans: readonly Span[]): string {
  let text = '';
  let from = 0;
  for (const { at, end } of spans.toSorted((a, b) => a.at - b.at)) {
    text += sql.slice(from, at) + sql.slice(at, end).replaceAll(/[^\n\r]/g, ' ');
    from = end;
  }
  return text + sql.slice(from);
}
