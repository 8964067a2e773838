import type { Clauses, SelectBlock } from './clauses.ts';
import { referenceOf } from './expressions.ts';
import type { Obstacle, WrapSplit } from './query.ts';
import { outputName, type SelectList } from './select-list.ts';
import { ordinalOf } from './sort-keys.ts';
import { isName, quoteIdentifier, type Token } from './token.ts';
import { levelsOf } from './token-tree.ts';

/** What keeps a query from becoming a derived table. */
interface WrapRule extends Obstacle {
  readonly breaks: (clauses: Clauses) => boolean;
}

/** Checked in this order. */
const WRAP_RULES: readonly WrapRule[] = [
  {
    rule: 'parameters',
    breaks: ({ hasParameters }) => hasParameters,
    reason: 'WITH PARAMETERS belongs to the query as it stands',
  },
  {
    rule: 'unnamed-output',
    breaks: ({ body }) => body.first.list.some(isUnnamed),
    reason: 'an output column has no name: give it an alias',
  },
  {
    rule: 'duplicate-output',
    breaks: ({ body }) => mayHaveDuplicates(body.first),
    reason: 'two output columns have the same name, or may have it behind a *',
  },
  {
    rule: 'order',
    breaks: ({ body, orderBy }) =>
      orderBy?.keys.some(({ expression }) => !isOutput(expression, body.first.list)) === true,
    reason: 'it is ordered by something that is no output column',
  },
];

/** How the output of a query is divided: the query becomes a derived table. */
export function wrapSplit(
  text: string,
  clauses: Clauses,
  tokens: readonly Token[],
): WrapSplit | Obstacle {
  const broken = WRAP_RULES.find(({ breaks }) => breaks(clauses));
  if (broken !== undefined) return { rule: broken.rule, reason: broken.reason };
  const { withList, body, orderBy, hints } = clauses;
  const alias = quoteIdentifier(freeName(tokens));
  const textOf = (place: { readonly at: number; readonly end: number } | undefined): string[] =>
    place === undefined ? [] : [text.slice(place.at, place.end)];
  return {
    apply: (condition) =>
      [
        ...textOf(withList),
        `SELECT * FROM (${textOf(body).join('')}) AS ${alias} WHERE ${condition}`,
        ...textOf(orderBy),
        ...textOf(hints),
      ].join(' '),
    column: (output) => `${alias}.${quoteIdentifier(output)}`,
  };
}

const isUnnamed = (item: SelectList[number]): boolean =>
  item.kind === 'item' && outputName(item) === undefined;

function mayHaveDuplicates({ list, from }: SelectBlock): boolean {
  if (list.some(({ kind }) => kind === 'star')) {
    return list.length > 1 || from?.sources.length !== 1;
  }
  const names = list.map((item) => (item.kind === 'item' ? outputName(item) : undefined));
  return new Set(names).size < names.length;
}

/** An ordinal or the name of an output column: it means the same outside. */
function isOutput(expression: Parameters<typeof ordinalOf>[0], list: SelectList): boolean {
  if (ordinalOf(expression) !== undefined) return true;
  const reference = referenceOf(expression);
  if (reference === undefined || reference.table !== undefined) return false;
  return list.some((item) => item.kind === 'star' || outputName(item) === reference.column);
}

/** `q`, or `q2` and so on where the query has such a name. */
function freeName(tokens: readonly Token[]): string {
  const names = new Set(
    [...levelsOf(tokens)]
      .flat()
      .filter(isName)
      .map(({ value }) => value),
  );
  let name = 'q';
  for (let number = 2; names.has(name); number++) name = `q${number}`;
  return name;
}
