import { syntaxError } from '../errors.ts';
import { quoteName } from '../rendered-sql.ts';
import { isName, isToken, splitAtCommas, sqlToken, type Token } from '../token.ts';
import type { CompileContext, Rewrite } from './rewrite.ts';
import { isSessionWord } from './session-words.ts';

const SET_OPERATORS = ['UNION', 'INTERSECT', 'EXCEPT', 'MINUS'] as const;
/** Longest name HANA gives a column without an alias. */
const MAX_NAME_LENGTH = 127;

/**
 * Everything about `SELECT … FROM`: FROM is mandatory, TOP becomes LIMIT, and an expression without an
 * alias is named by its text in upper case, as HANA shows it.
 */
export const translateSelectLists: Rewrite = (tokens, context) => {
  const result: Token[] = [];
  let index = 0;
  while (index < tokens.length) {
    const token = tokens[index];
    if (token === undefined) break;
    if (!isToken(token, 'SELECT') || isToken(tokens[index - 1], '.')) {
      result.push(token);
      index++;
      continue;
    }
    const block = selectBlock(tokens, index, context);
    result.push(...block.tokens);
    index = block.end;
  }
  return result;
};

interface SelectBlock {
  readonly tokens: readonly Token[];
  readonly end: number;
}

/** One SELECT: up to FROM, or to the end of the block when TOP must move there. */
function selectBlock(
  tokens: readonly Token[],
  start: number,
  context: CompileContext,
): SelectBlock {
  const top = topOf(tokens, start + 1, context);
  let index = top === undefined ? start + 1 : start + 3;
  const head = tokens.slice(start, start + 1);
  if (isToken(tokens[index], 'DISTINCT', 'ALL')) head.push(...tokens.slice(index, ++index));
  // WITHIN GROUP belongs to a function in the list.
  const from = indexAtDepth(
    tokens,
    index,
    (token, at) => isToken(token, 'FROM', ...LIST_ENDS) && !isToken(tokens[at - 1], 'WITHIN'),
  );
  const list = selectList(tokens.slice(index, from), context);
  const end = tokens[from];
  if (!isToken(end, 'FROM')) {
    throw syntaxError(context.sql, end?.at ?? context.sql.trimEnd().length, end?.source ?? '');
  }
  if (top === undefined) return { tokens: [...head, ...list], end: from };
  return limitedBlock(tokens, { start, from, top, head: [...head, ...list] }, context);
}

/** The number behind TOP at `index`, if TOP stands there. */
function topOf(
  tokens: readonly Token[],
  index: number,
  context: CompileContext,
): Token | undefined {
  if (!isToken(tokens[index], 'TOP')) return undefined;
  const top = tokens[index + 1];
  if (top?.kind === 'number' || top?.kind === 'marker') return top;
  throw syntaxError(context.sql, top?.at ?? context.sql.length, top?.source ?? '');
}

interface LimitedSelect {
  readonly start: number;
  readonly from: number;
  readonly top: Token;
  /** SELECT and its list, translated. */
  readonly head: readonly Token[];
}

function limitedBlock(
  tokens: readonly Token[],
  { start, from, top, head }: LimitedSelect,
  context: CompileContext,
): SelectBlock {
  const isBranch = isToken(tokens[start - 1], 'ALL', 'DISTINCT', ...SET_OPERATORS);
  // ORDER BY behind the last branch of a set operation sorts the whole of it.
  const ends = [')', ...SET_OPERATORS, ...(isBranch ? ['ORDER', 'LIMIT'] : [])];
  const end = indexAtDepth(tokens, from, (token) => isToken(token, ...ends));
  const rest = translateSelectLists(tokens.slice(from, end), context);
  const limited = [...head, ...rest, sqlToken('LIMIT', top), top];
  const inSetOperation = isBranch || isToken(tokens[end], ...SET_OPERATORS);
  const enclosed = [sqlToken('(', top), ...limited, sqlToken(')', top)];
  return { tokens: inSetOperation ? enclosed : limited, end };
}

const LIST_ENDS = [')', 'WHERE', 'GROUP', 'ORDER', 'LIMIT', 'HAVING', ...SET_OPERATORS] as const;

function indexAtDepth(
  tokens: readonly Token[],
  start: number,
  matches: (token: Token, index: number) => boolean,
): number {
  let depth = 0;
  for (let index = start; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (depth === 0 && matches(token, index)) return index;
    if (isToken(token, '(')) depth++;
    if (isToken(token, ')')) depth--;
  }
  return tokens.length;
}

function selectList(list: readonly Token[], context: CompileContext): readonly Token[] {
  const items = splitAtCommas(list).map((item) => {
    const [first] = item;
    if (first === undefined) {
      throw syntaxError(context.sql, list[0]?.at ?? context.sql.length, list[0]?.source ?? '');
    }
    return selectItem(item, context);
  });
  return items.flatMap((item, index) => {
    const [first] = item;
    return index === 0 || first === undefined ? item : [sqlToken(',', first), ...item];
  });
}

function selectItem(item: readonly Token[], context: CompileContext): readonly Token[] {
  const last = item.at(-1);
  const star = item.findIndex((token, index) => isStar(item, token, index));
  const behindStar = star < 0 ? undefined : item[star + 1];
  if (behindStar !== undefined) throw syntaxError(context.sql, behindStar.at, behindStar.source);
  if (last !== undefined && hasAlias(item)) {
    // Many a HANA name is a keyword to DuckDB, which takes it behind AS and in quotes only.
    const expression = item.slice(0, isToken(item.at(-2), 'AS') ? -2 : -1);
    const alias = sqlToken(`AS ${quoteName(last.value)}`, last);
    return [...translateSelectLists(expression, context), alias];
  }
  const translated = translateSelectLists(item, context);
  if (last === undefined || star >= 0 || isColumnReference(item)) return translated;
  return [...translated, sqlToken(`AS ${quoteName(expressionName(item))}`, last)];
}

/** `*` or `T.*`: an asterisk with nothing to multiply before it. */
const isStar = (item: readonly Token[], token: Token, index: number): boolean =>
  isToken(token, '*') && (index === 0 || isToken(item[index - 1], '.'));

/** Words that end or begin an operand, so that no alias begins behind or with them. */
const OPERATOR_WORDS: ReadonlySet<string> = new Set(
  (
    'AND OR NOT IS IN LIKE LIKE_REGEXPR BETWEEN ESCAPE CASE WHEN THEN ELSE END NULL DISTINCT ' +
    'OVER FILTER ASC DESC TRUE FALSE UNKNOWN MEMBER OF'
  ).split(' '),
);

function hasAlias(item: readonly Token[]): boolean {
  const last = item.at(-1);
  const before = item.at(-2);
  if (!isName(last) || before === undefined || isToken(before, '.')) return false;
  if (isToken(before, 'AS')) return true;
  if (last.kind === 'word' && OPERATOR_WORDS.has(last.value)) return false;
  if (before.kind === 'symbol') return before.value === ')' || before.value === ']';
  return before.kind !== 'word' || !OPERATOR_WORDS.has(before.value) || before.value === 'END';
}

const isColumnReference = (item: readonly Token[]): boolean =>
  !(item.length === 1 && (isSessionWord(item[0]) || isToken(item[0], 'TRUE', 'FALSE', 'NULL'))) &&
  item.every((token, index) => (index % 2 === 0 ? isName(token) : isToken(token, '.')));

const isWordy = (token: Token | undefined): boolean =>
  token !== undefined && token.kind !== 'symbol';

/** HANA's name for an expression: its text without blanks, names and keywords in upper case. */
function expressionName(item: readonly Token[]): string {
  let name = '';
  let before: Token | undefined;
  for (const token of item) {
    const text = token.kind === 'word' ? token.value : token.kind === 'marker' ? '?' : token.source;
    name += isWordy(before) && isWordy(token) ? ` ${text}` : text;
    before = token;
  }
  return name.slice(0, MAX_NAME_LENGTH);
}
