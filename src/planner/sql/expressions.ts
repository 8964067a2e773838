import { CLAUSE_WORDS, VALUE_WORDS } from './keywords.ts';
import type { ColumnReference } from './query.ts';
import { isGroup, isName, isSymbol, isWord, type Token } from './token.ts';
import type { TokenReader } from './token-reader.ts';

/** An expression or a condition: its tokens and its place in the query. */
export interface Expression {
  readonly tokens: readonly Token[];
  readonly at: number;
  readonly end: number;
}

const OPERATORS = ['+', '-', '*', '/', '%', '||', '=', '<>', '!=', '^=', '<', '>', '<=', '>='];
const WORD_OPERATORS = ['AND', 'OR', 'IS', 'ESCAPE', 'FLAG', 'COLLATE'];
const NEGATED_OPERATORS = ['IN', 'LIKE', 'BETWEEN', 'LIKE_REGEXPR'];
const PREFIXES = ['NOT', 'EXISTS', 'PRIOR'];
const QUANTIFIERS = ['ANY', 'SOME', 'ALL'];
const TYPED_LITERALS = ['DATE', 'TIME', 'TIMESTAMP'];

/**
 * Reads an expression as far as it goes: operands with operators between them. What stands in parentheses
 * is not looked into. Undefined after something that is not understood.
 */
export function readExpression(reader: TokenReader): Expression | undefined {
  const start = reader.position;
  do readOperand(reader);
  while (takeOperator(reader));
  const tokens = reader.since(start);
  const [first] = tokens;
  if (reader.obstacle !== undefined || first === undefined) return undefined;
  return { tokens, at: first.at, end: reader.end };
}

/** Reads expressions with commas between them. */
export function readExpressions(reader: TokenReader): readonly Expression[] {
  const expressions: Expression[] = [];
  do {
    const expression = readExpression(reader);
    if (expression !== undefined) expressions.push(expression);
  } while (reader.takeSymbol(','));
  return expressions;
}

function takeOperator(reader: TokenReader): boolean {
  if (reader.takeSymbol(...OPERATORS)) return true;
  if (reader.takeWord(...WORD_OPERATORS, ...NEGATED_OPERATORS) !== undefined) return true;
  return NEGATED_OPERATORS.some((operator) => reader.takeWords('NOT', operator));
}

/** A value without operators around it: a literal, a marker, a column, a call, CASE, parentheses. */
export function readOperand(reader: TokenReader): void {
  while (reader.takeSymbol('+', '-') || reader.takeWord(...PREFIXES) !== undefined);
  const token = reader.peek();
  const following = reader.peek(1);
  if (isWord(token, 'CASE')) takeCase(reader);
  else if (isWord(token, ...TYPED_LITERALS) && following?.kind === 'string') takeTokens(reader, 2);
  else if (isWord(token, ...QUANTIFIERS, 'LEFT', 'RIGHT') && isGroup(following)) {
    takeTokens(reader, 2);
  } else if (isName(token) && !isClauseWord(token)) takeReferenceOrCall(reader);
  else if (token !== undefined && isValue(token)) reader.take();
  else reader.misunderstood('a value');
}

const isValue = ({ kind }: Token): boolean =>
  kind === 'string' || kind === 'number' || kind === 'marker' || kind === 'group';

/** A keyword that ends what was being read. */
export function isClauseWord(token: Token | undefined): boolean {
  return token?.kind === 'word' && CLAUSE_WORDS.has(token.value);
}

function takeTokens(reader: TokenReader, count: number): void {
  for (let index = 0; index < count; index++) reader.take();
}

/** CASE … END. Another CASE may stand inside without parentheses. */
function takeCase(reader: TokenReader): void {
  let depth = 0;
  do {
    const token = reader.take();
    if (token === undefined) return reader.misunderstood('END');
    if (isWord(token, 'CASE')) depth++;
    if (isWord(token, 'END')) depth--;
  } while (depth > 0);
}

function takeReferenceOrCall(reader: TokenReader): void {
  reader.take();
  while (isSymbol(reader.peek(), '.') && isName(reader.peek(1))) takeTokens(reader, 2);
  if (reader.takeGroup() === undefined) return;
  if (reader.takeWords('WITHIN', 'GROUP') && reader.takeGroup() === undefined) {
    reader.misunderstood('the order of a group');
  }
}

/** The column that an expression is, if it is nothing else: `C`, `T.C` or `S.T.C`. */
export function referenceOf({ tokens }: Expression): ColumnReference | undefined {
  const names = tokens.filter((_, index) => index % 2 === 0);
  const dots = tokens.filter((_, index) => index % 2 === 1);
  const column = names.at(-1);
  const table = names.at(-2);
  if (names.length > 3 || names.length !== dots.length + 1) return undefined;
  if (!names.every(isName) || !dots.every((dot) => isSymbol(dot, '.'))) return undefined;
  if (!isName(column) || (names.length === 1 && isValueWord(column))) return undefined;
  return { table: isName(table) ? table.value : undefined, column: column.value };
}

const isValueWord = (token: Token): boolean =>
  token.kind === 'word' && VALUE_WORDS.has(token.value);
