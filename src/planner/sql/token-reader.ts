import type { Obstacle } from './query.ts';
import { type Group, isName, isSymbol, isWord, type Leaf, type Token } from './token.ts';

/** The rule of obstacles that mean "when in doubt, one endpoint". */
export const NOT_UNDERSTOOD = 'not-understood';

/** What kept a query from being read, shared by the readers of all its levels. */
interface Trouble {
  obstacle: Obstacle | undefined;
}

/**
 * Goes through the tokens of one level. The first thing that is not understood ends the reading of all
 * levels: from then on every reader is at its end, so that nothing read later needs to be checked.
 */
export class TokenReader {
  readonly #tokens: readonly Token[];
  readonly #trouble: Trouble;
  #next = 0;

  constructor(tokens: readonly Token[], trouble: Trouble = { obstacle: undefined }) {
    this.#tokens = tokens;
    this.#trouble = trouble;
  }

  /** Why reading ended early. */
  get obstacle(): Obstacle | undefined {
    return this.#trouble.obstacle;
  }

  /** The token that comes next, or one further on; undefined at the end. */
  peek(ahead = 0): Token | undefined {
    return this.obstacle === undefined ? this.#tokens[this.#next + ahead] : undefined;
  }

  get atEnd(): boolean {
    return this.peek() === undefined;
  }

  /** How many tokens were taken. */
  get position(): number {
    return this.#next;
  }

  /** The tokens taken since a {@link position}. */
  since(position: number): readonly Token[] {
    return this.#tokens.slice(position, this.#next);
  }

  /** Offset in the query behind the last token taken; 0 when none was. */
  get end(): number {
    return this.#tokens[this.#next - 1]?.end ?? 0;
  }

  take(): Token | undefined {
    const token = this.peek();
    if (token !== undefined) this.#next++;
    return token;
  }

  /** Takes the next token if it is one of these keywords. */
  takeWord(...values: readonly string[]): Leaf | undefined {
    const token = this.peek();
    if (!isWord(token, ...values)) return undefined;
    this.#next++;
    return token;
  }

  /** Takes these keywords if they come one after the other. */
  takeWords(...values: readonly string[]): boolean {
    const found = values.every((value, index) => isWord(this.peek(index), value));
    if (found) this.#next += values.length;
    return found;
  }

  takeSymbol(...values: readonly string[]): boolean {
    if (!isSymbol(this.peek(), ...values)) return false;
    this.#next++;
    return true;
  }

  /** Takes the next token if it looks like a name. */
  takeName(): Leaf | undefined {
    const token = this.peek();
    if (!isName(token)) return undefined;
    this.#next++;
    return token;
  }

  takeGroup(): Group | undefined {
    const token = this.peek();
    if (token?.kind !== 'group') return undefined;
    this.#next++;
    return token;
  }

  /** A reader of the tokens in parentheses. */
  inside(group: Group): TokenReader {
    return new TokenReader(group.items, this.#trouble);
  }

  /** Ends the reading. @param expected what should have come, with an article. */
  misunderstood(expected: string): undefined {
    const at = this.peek()?.at ?? this.end;
    this.refuse(
      NOT_UNDERSTOOD,
      `the query is not understood at position ${at + 1}, where ${expected} was expected`,
    );
  }

  /** Ends the reading for a reason of its own. */
  refuse(rule: string, reason: string): undefined {
    this.#trouble.obstacle ??= { rule, reason };
  }
}
