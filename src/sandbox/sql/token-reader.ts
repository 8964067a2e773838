import { syntaxError } from './errors.ts';
import { type QualifiedName, qualifiedName } from './rewrites/table-names.ts';
import { closingIndex, isName, isToken, type Token } from './token.ts';

/** Reads the tokens of a statement from left to right; what does not fit is error 257 at its place. */
export class TokenReader {
  readonly tokens: readonly Token[];
  readonly #sql: string;
  index = 0;

  constructor(tokens: readonly Token[], sql: string) {
    this.tokens = tokens;
    this.#sql = sql;
  }

  get current(): Token | undefined {
    return this.tokens[this.index];
  }

  get atEnd(): boolean {
    return this.index >= this.tokens.length;
  }

  /** The words stand here, in this order. */
  sees(...words: readonly string[]): boolean {
    return words.every((word, offset) => isToken(this.tokens[this.index + offset], word));
  }

  /** Passes over the words when all of them stand here. */
  skips(...words: readonly string[]): boolean {
    if (!this.sees(...words)) return false;
    this.index += words.length;
    return true;
  }

  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.skips(word)) throw this.unexpected();
  }

  /** One of the words, passed over. */
  oneOf(...words: readonly string[]): string {
    const token = this.current;
    if (!isToken(token, ...words) || token === undefined) throw this.unexpected();
    this.index++;
    return token.value;
  }

  name(): string {
    const token = this.current;
    if (!isName(token)) throw this.unexpected();
    this.index++;
    return token.value;
  }

  qualified(): QualifiedName {
    const name = qualifiedName(this.tokens, this.index);
    if (name === undefined) throw this.unexpected();
    this.index = name.next;
    return name;
  }

  string(): string {
    const token = this.current;
    if (token?.kind !== 'string') throw this.unexpected();
    this.index++;
    return token.value;
  }

  number(): number {
    const token = this.current;
    if (token?.kind !== 'number') throw this.unexpected();
    this.index++;
    return Number(token.value);
  }

  /** What stands between the parenthesis here and the one that closes it. */
  parenthesized(): readonly Token[] {
    if (!this.sees('(')) throw this.unexpected();
    const close = closingIndex(this.tokens, this.index);
    if (close >= this.tokens.length) throw syntaxError(this.#sql, this.#sql.trimEnd().length, '');
    const inner = this.tokens.slice(this.index + 1, close);
    this.index = close + 1;
    return inner;
  }

  /** All tokens from here to the first of the words outside parentheses, or to the end. */
  upTo(...words: readonly string[]): readonly Token[] {
    const start = this.index;
    let depth = 0;
    while (!this.atEnd && !(depth === 0 && isToken(this.current, ...words))) {
      if (this.sees('(')) depth++;
      if (this.sees(')')) depth--;
      this.index++;
    }
    return this.tokens.slice(start, this.index);
  }

  rest(): readonly Token[] {
    const tokens = this.tokens.slice(this.index);
    this.index = this.tokens.length;
    return tokens;
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.atEnd) throw this.unexpected();
  }

  unexpected(): Error {
    const token = this.current;
    return syntaxError(this.#sql, token?.at ?? this.#sql.trimEnd().length, token?.source ?? '');
  }
}
