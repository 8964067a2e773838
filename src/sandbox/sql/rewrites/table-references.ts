import type { TableDefinition } from '../catalog/definitions.ts';
import { hanaError, placeOf } from '../errors.ts';
import { partCount, partitionCondition } from '../partition-condition.ts';
import { quoteName } from '../rendered-sql.ts';
import { closingIndex, isName, isToken, sqlToken, type Token } from '../token.ts';
import type { CompileContext, Rewrite } from './rewrite.ts';
import { timeTravel } from './system-time.ts';
import { resolveTable, tableToken } from './table-names.ts';

/** Words that end a FROM clause, and with it the meaning of a comma as "another table". */
const FROM_ENDS = [
  'WHERE',
  'GROUP',
  'HAVING',
  'ORDER',
  'LIMIT',
  'UNION',
  'INTERSECT',
  'EXCEPT',
  'MINUS',
  'SET',
  'WHEN',
  'WINDOW',
  'FOR',
  'WITH',
] as const;

/** What an open parenthesis holds: only in a query does FROM begin a list of tables. */
interface Scope {
  readonly isQuery: boolean;
  inFrom: boolean;
}

/**
 * Every table named in FROM, JOIN or MERGE … USING: found in the catalogue, checked for SELECT, written
 * with schema, and restricted when `PARTITION (n, …)` follows.
 */
export const translateTableReferences: Rewrite = (tokens, context) => {
  const commonTables = commonTableNames(tokens);
  const result: Token[] = [];
  const scopes: Scope[] = [{ isQuery: true, inFrom: false }];
  let expectsTable = false;
  let index = 0;
  while (index < tokens.length) {
    const token = tokens[index];
    const scope = scopes.at(-1);
    if (token === undefined || scope === undefined) break;
    if (expectsTable && isName(token) && !isToken(token, 'LATERAL', 'TABLE')) {
      expectsTable = false;
      const reference = tableReference(tokens, index, context, commonTables);
      result.push(...reference.tokens);
      index = reference.next;
      continue;
    }
    if (isToken(token, '(')) {
      const isQuery = isToken(tokens[index + 1], 'SELECT', 'WITH');
      scopes.push({ isQuery, inFrom: expectsTable && !isQuery });
      expectsTable = expectsTable && !isQuery;
    } else if (isToken(token, ')')) {
      if (scopes.length > 1) scopes.pop();
      expectsTable = false;
    } else if (isToken(token, 'FROM', 'USING') && scope.isQuery) {
      scope.inFrom = true;
      expectsTable = !isToken(tokens[index + 1], '(') || isToken(token, 'FROM');
    } else if (isToken(token, 'JOIN')) expectsTable = true;
    else if (isToken(token, ',')) expectsTable = scope.inFrom;
    else if (isToken(token, ...FROM_ENDS)) scope.inFrom = false;
    result.push(token);
    index++;
  }
  return result;
};

/** Names that WITH gives to queries: they hide tables of the same name. */
function commonTableNames(tokens: readonly Token[]): ReadonlySet<string> {
  const names = new Set<string>();
  if (!tokens.some((token) => isToken(token, 'WITH'))) return names;
  tokens.forEach((token, index) => {
    if (!isName(token)) return;
    const open = isToken(tokens[index + 1], '(') ? closingIndex(tokens, index + 1) + 1 : index + 1;
    if (isToken(tokens[open], 'AS') && isToken(tokens[open + 1], '(')) names.add(token.value);
  });
  return names;
}

interface Reference {
  readonly tokens: readonly Token[];
  readonly next: number;
}

function tableReference(
  tokens: readonly Token[],
  start: number,
  context: CompileContext,
  commonTables: ReadonlySet<string>,
): Reference {
  const token = tokens[start];
  const behind = tokens[start + 1];
  const isCommon = isName(token) && commonTables.has(token.value) && !isToken(behind, '.');
  if (token === undefined || isCommon || isToken(behind, '(')) {
    return { tokens: tokens.slice(start, start + 1), next: start + 1 };
  }
  const resolved = resolveTable(tokens, start, context, 'SELECT');
  const travel = timeTravel(tokens, resolved.next, resolved, context);
  const parts = partsAt(tokens, travel?.next ?? resolved.next, resolved.table, context);
  if (travel === undefined && parts === undefined) {
    return withAlias(tokens, [tableToken(resolved, token)], resolved.next);
  }
  const sources = travel?.sources ?? [{ text: resolved.text, condition: undefined }];
  const queries = sources.map(({ text, condition }) => {
    const conditions = [condition, parts?.condition].filter((one) => one !== undefined);
    return `SELECT * FROM ${text} WHERE (${conditions.join(') AND (')})`;
  });
  const rows = sqlToken(`(${queries.join(' UNION ALL BY NAME ')})`, token);
  const reference = withAlias(tokens, [rows], parts?.next ?? travel?.next ?? resolved.next);
  if (reference.tokens.length > 1) return reference;
  const alias = sqlToken(`AS ${quoteName(resolved.table.name)}`, token);
  return { tokens: [rows, alias], next: reference.next };
}

/** The alias behind a table in quotes: many a HANA name is a keyword to DuckDB. */
function withAlias(tokens: readonly Token[], table: readonly Token[], next: number): Reference {
  const at = isToken(tokens[next], 'AS') ? next + 1 : next;
  const alias = tokens[at];
  if (!isName(alias) || (at === next && isClauseWord(alias))) return { tokens: table, next };
  return { tokens: [...table, sqlToken(`AS ${quoteName(alias.value)}`, alias)], next: at + 1 };
}

const CLAUSE_WORDS = [
  ...FROM_ENDS,
  'JOIN',
  'INNER',
  'LEFT',
  'RIGHT',
  'FULL',
  'CROSS',
  'ON',
  'TABLESAMPLE',
  'NATURAL',
] as const;
const isClauseWord = (token: Token | undefined): boolean => isToken(token, ...CLAUSE_WORDS);

interface NamedParts {
  readonly condition: string;
  readonly next: number;
}

/** `PARTITION (n, …)` at `start`, if it stands there. */
function partsAt(
  tokens: readonly Token[],
  start: number,
  table: TableDefinition,
  context: CompileContext,
): NamedParts | undefined {
  const word = tokens[start];
  if (!isToken(word, 'PARTITION') || !isToken(tokens[start + 1], '(')) return undefined;
  const close = closingIndex(tokens, start + 1);
  const parts = tokens.slice(start + 2, close).filter(({ kind }) => kind === 'number');
  return { condition: conditionOf(table, parts, context, word?.at ?? 0), next: close + 1 };
}

/** DuckDB's condition for the rows of some parts. HANA refuses parts of a table that has none. */
function conditionOf(
  table: TableDefinition,
  parts: readonly Token[],
  context: CompileContext,
  at: number,
): string {
  const { partitioning } = table;
  const place = placeOf(context.sql, at);
  if (partitioning === undefined) {
    const text = `feature not supported: table ${table.name} is not partitioned: ${place}`;
    throw hanaError('notSupported', text, { at });
  }
  const numbers = parts.map(({ value }) => Number(value));
  const wrong = numbers.find((part) => part < 1 || part > partCount(partitioning));
  if (wrong !== undefined || numbers.length === 0) {
    throw hanaError('general', `general error: invalid partition id ${wrong ?? ''}: ${place}`, {
      at,
    });
  }
  return numbers.map((part) => `(${partitionCondition(partitioning, part)})`).join(' OR ');
}
