import { firstWords } from './first-words.ts';

/** What a statement does to the session it runs in, by how its text begins. */
interface EffectRule {
  /** First words, in upper case. The first rule whose words the text begins with holds. */
  readonly words: string;
  readonly changes: 'never' | 'always' | 'temporary-tables';
  readonly reason: string;
}

/**
 * `temporary-tables`: only when a name of a local temporary table, which begins with #, stands in the text:
 * such tables belong to the session.
 */
const RULES: readonly EffectRule[] = [
  { words: 'SELECT', changes: 'never', reason: 'reads' },
  { words: 'WITH', changes: 'never', reason: 'a query' },
  { words: '(', changes: 'never', reason: 'a query in parentheses' },
  { words: 'INSERT', changes: 'never', reason: 'changes rows' },
  { words: 'UPSERT', changes: 'never', reason: 'changes rows' },
  { words: 'REPLACE', changes: 'never', reason: 'changes rows' },
  { words: 'UPDATE', changes: 'never', reason: 'changes rows' },
  { words: 'DELETE', changes: 'never', reason: 'changes rows' },
  { words: 'MERGE', changes: 'never', reason: 'changes rows, or MERGE DELTA' },
  { words: 'TRUNCATE', changes: 'never', reason: 'changes rows' },
  { words: 'LOAD', changes: 'never', reason: 'moves columns into memory' },
  { words: 'UNLOAD', changes: 'never', reason: 'moves columns out of memory' },
  { words: 'IMPORT', changes: 'never', reason: 'changes rows and tables' },
  { words: 'EXPORT', changes: 'never', reason: 'writes files' },
  { words: 'EXPLAIN', changes: 'never', reason: 'writes rows of EXPLAIN_PLAN_TABLE' },
  { words: 'LOCK', changes: 'never', reason: 'holds until the transaction ends' },
  { words: 'COMMIT', changes: 'never', reason: 'concerns the transaction' },
  { words: 'ROLLBACK', changes: 'never', reason: 'concerns the transaction' },
  { words: 'SAVEPOINT', changes: 'never', reason: 'concerns the transaction' },
  { words: 'RELEASE SAVEPOINT', changes: 'never', reason: 'concerns the transaction' },
  { words: 'GRANT', changes: 'never', reason: 'a privilege' },
  { words: 'REVOKE', changes: 'never', reason: 'a privilege' },
  { words: 'COMMENT ON', changes: 'never', reason: 'the catalog' },
  { words: 'CREATE LOCAL TEMPORARY', changes: 'always', reason: 'lives in the session' },
  { words: 'CREATE', changes: 'temporary-tables', reason: 'the catalog' },
  { words: 'ALTER SESSION', changes: 'always', reason: 'changes it' },
  { words: 'ALTER SYSTEM ALTER SESSION', changes: 'always', reason: 'may name this session' },
  { words: 'ALTER', changes: 'temporary-tables', reason: 'the catalog' },
  { words: 'DROP', changes: 'temporary-tables', reason: 'the catalog' },
  { words: 'RENAME', changes: 'temporary-tables', reason: 'the catalog' },
  { words: 'REFRESH', changes: 'never', reason: 'statistics and views' },
  { words: 'SET', changes: 'always', reason: 'schema, variables, transaction mode' },
  { words: 'UNSET', changes: 'always', reason: 'variables' },
  { words: 'CONNECT', changes: 'always', reason: 'another user' },
  { words: 'CALL', changes: 'always', reason: 'a procedure may do anything' },
  { words: '{', changes: 'always', reason: 'the escape of ODBC and JDBC for CALL' },
  { words: 'DO', changes: 'always', reason: 'an anonymous block may do anything' },
];

const RULE_WORDS = RULES.map((rule) => ({ rule, words: rule.words.split(' ') }));
const MOST_WORDS = Math.max(...RULE_WORDS.map(({ words }) => words.length));

/** A name that begins with #, quoted or not, maybe behind a schema. */
const TEMPORARY_NAME = /(?:^|[\s."(,])#/;

/**
 * True when a statement may leave the session other than it was, so that nobody else should get it
 * afterwards. Goes by the text, as HANA calls SET and CREATE TABLE alike (function code 1); a text that it
 * does not know is taken to change the session.
 */
export function changesSession(sql: string): boolean {
  const begin = firstWords(sql, MOST_WORDS);
  const match = RULE_WORDS.find(({ words }) => words.every((word, at) => begin[at] === word));
  const changes = match?.rule.changes ?? 'always';
  return changes === 'temporary-tables' ? TEMPORARY_NAME.test(sql) : changes === 'always';
}
