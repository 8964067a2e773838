import { NO_FUNCTIONS } from './keywords.ts';
import { type Group, isGroup, isName, isSymbol, isWord, type Leaf, type Token } from './token.ts';

/** A function with its arguments. */
export interface Call {
  readonly name: Leaf;
  /** Arguments. */
  readonly group: Group;
  /** False for a name that is quoted or has a schema: a user's own function. */
  readonly builtIn: boolean;
}

/** The call whose name stands at `index` of a level. Anything that might be one is. */
export function callAt(level: readonly Token[], index: number): Call | undefined {
  const name = level[index];
  const group = level[index + 1];
  if (!isName(name) || !isGroup(group)) return undefined;
  const isPlain = name.kind === 'word' && !isSymbol(level[index - 1], '.');
  if (isPlain && NO_FUNCTIONS.has(name.value)) {
    return undefined;
  }
  // `WITH W (A, B) AS (…)`.
  const namesColumns = isWord(level[index + 2], 'AS') && isGroup(level[index + 3]);
  return namesColumns ? undefined : { name, group, builtIn: isPlain };
}

/** Calls of one level. */
export function callsOf(level: readonly Token[]): readonly Call[] {
  return level.map((_, index) => callAt(level, index)).filter((call) => call !== undefined);
}
