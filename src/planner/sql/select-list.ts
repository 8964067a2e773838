import { type Expression, isClauseWord, readExpression, referenceOf } from './expressions.ts';
import type { ColumnReference } from './query.ts';
import { isName, isSymbol, type Leaf } from './token.ts';
import type { TokenReader } from './token-reader.ts';

/** `*` or `T.*`. */
export interface Star {
  readonly kind: 'star';
  /** Alias or name of the table; undefined for all of them. */
  readonly table: string | undefined;
}

export interface SelectItem {
  readonly kind: 'item';
  readonly expression: Expression;
  readonly alias: string | undefined;
  /** Set when the item is a plain column. */
  readonly reference: ColumnReference | undefined;
}

export type SelectList = readonly (Star | SelectItem)[];

/** Reads what stands between SELECT and FROM, without DISTINCT. */
export function readSelectList(reader: TokenReader): SelectList {
  const list: (Star | SelectItem)[] = [];
  do {
    const item = readStar(reader) ?? readItem(reader);
    if (item !== undefined) list.push(item);
  } while (reader.takeSymbol(','));
  return list;
}

function readStar(reader: TokenReader): Star | undefined {
  let names = 0;
  while (isName(reader.peek(names)) && isSymbol(reader.peek(names + 1), '.')) names += 2;
  if (!isSymbol(reader.peek(names), '*')) return undefined;
  const table = reader.peek(names - 2);
  for (let index = 0; index <= names; index++) reader.take();
  return { kind: 'star', table: names > 0 && isName(table) ? table.value : undefined };
}

function readItem(reader: TokenReader): SelectItem | undefined {
  const expression = readExpression(reader);
  if (expression === undefined) return undefined;
  const alias = readAlias(reader)?.value;
  return { kind: 'item', expression, alias, reference: referenceOf(expression) };
}

/** `AS "A"` or `A`; undefined without one. */
export function readAlias(reader: TokenReader): Leaf | undefined {
  if (reader.takeWord('AS') !== undefined) {
    return reader.takeName() ?? reader.misunderstood('an alias');
  }
  const token = reader.peek();
  return isName(token) && !isClauseWord(token) ? reader.takeName() : undefined;
}

/** Name of the column that an item becomes; undefined for an expression without an alias. */
export function outputName(item: SelectItem): string | undefined {
  return item.alias ?? item.reference?.column;
}
