import { type Group, isGroup, isSymbol, isWord, type Leaf, type Token } from './token.ts';

/** Deeper than people or programs write; what reads the tree may recurse to this depth. */
const MAX_DEPTH = 200;

interface OpenGroup {
  readonly opening: Leaf;
  readonly items: Token[];
}

/** Puts what stands in parentheses into groups. Parentheses without a partner become unknown tokens. */
export function nestTokens(tokens: readonly Leaf[]): readonly Token[] {
  const root: Token[] = [];
  const open: OpenGroup[] = [];
  for (const token of tokens) {
    const items = open.at(-1)?.items ?? root;
    if (isSymbol(token, '(')) {
      if (open.length === MAX_DEPTH) return [unknown(`parentheses ${MAX_DEPTH} deep`, token)];
      open.push({ opening: token, items: [] });
    } else if (isSymbol(token, ')')) {
      const group = open.pop();
      if (group === undefined) root.push(unknown('a parenthesis that was not opened', token));
      else {
        const outer = open.at(-1)?.items ?? root;
        outer.push({ kind: 'group', items: group.items, at: group.opening.at, end: token.end });
      }
    } else items.push(token);
  }
  const [first] = open;
  if (first !== undefined) root.push(unknown('a parenthesis that is not closed', first.opening));
  return root;
}

const unknown = (value: string, leaf: Leaf): Leaf => ({ ...leaf, kind: 'unknown', value });

/**
 * The tokens of every level: the outermost, then those in parentheses. What stands in WITH HINT (…) and
 * WITH PARAMETERS (…) is no SQL and left out.
 */
export function* levelsOf(tokens: readonly Token[]): Generator<readonly Token[]> {
  const waiting: (readonly Token[])[] = [tokens];
  for (let level = waiting.pop(); level !== undefined; level = waiting.pop()) {
    yield level;
    for (const group of groupsOf(level)) waiting.push(group.items);
  }
}

function groupsOf(level: readonly Token[]): readonly Group[] {
  return level
    .filter((_, index) => {
      const isHint = isWord(level[index - 1], 'HINT', 'PARAMETERS');
      return !(isHint && isWord(level[index - 2], 'WITH'));
    })
    .filter(isGroup);
}
