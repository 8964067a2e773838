import { SandboxError } from '../engine.ts';
import {
  type HanaErrorContext,
  type HanaErrorName,
  hanaError,
  placeOf,
  syntaxError,
} from './errors.ts';
import type { OffsetUnit, RenderedSql } from './rendered-sql.ts';

/** A DuckDB failure as `errors_as_json` words it. */
interface DuckDbFailure {
  readonly type: string;
  readonly message: string;
  readonly position: number | undefined;
  readonly name: string | undefined;
  readonly entryType: string | undefined;
}

/** The statement that failed: for positions in HANA's errors. */
export interface FailedStatement {
  readonly source: string;
  readonly rendered: RenderedSql;
}

interface ErrorRow {
  readonly type: RegExp;
  readonly message: RegExp;
  readonly error: HanaErrorName;
  /** HANA's wording; `$1` is the first group of `message`. */
  readonly text: string;
}

const row = (type: RegExp, message: RegExp, error: HanaErrorName, text: string): ErrorRow => ({
  type,
  message,
  error,
  text,
});

/** DuckDB's failures and what HANA says in their place; the first row that fits is taken. */
const ERROR_ROWS: readonly ErrorRow[] = [
  row(/./, /#hana:divisionByZero/, 'divisionByZero', 'division by zero undefined'),
  row(/./, /#hana:invalidNumber/, 'invalidNumber', 'invalid number'),
  row(/./, /#hana:notSupported (.*)/, 'notSupported', 'feature not supported: $1'),
  row(
    /Interrupt/i,
    /./,
    'cancelled',
    'current operation cancelled by request and transaction rolled back',
  ),
  row(
    /Catalog/,
    /Table with name "?(\S+?)"? does not exist because schema "(.+?)"/,
    'invalidSchema',
    'invalid schema name: $2',
  ),
  row(
    /Catalog/,
    /Schema with name "?(.+?)"? does not exist/,
    'invalidSchema',
    'invalid schema name: $1',
  ),
  row(
    /Catalog/,
    /(?:Table|View) with name "?(.+?)"? does not exist/,
    'invalidTable',
    'invalid table name:  Could not find table/view $1',
  ),
  row(
    /Catalog/,
    /Table with name "?(.+?)"? already exists/,
    'duplicateTable',
    'cannot use duplicate table name: $1',
  ),
  row(
    /Catalog/,
    /View with name "?(.+?)"? already exists/,
    'duplicateTable',
    'cannot use duplicate table name: $1',
  ),
  row(
    /Catalog/,
    /Schema with name "?(.+?)"? already exists/,
    'duplicateSchema',
    'cannot use duplicate schema name: $1',
  ),
  row(
    /Catalog/,
    /Column with name "?(.+?)"? already exists/,
    'duplicateColumn',
    'column name already exists: $1',
  ),
  row(
    /Catalog/,
    /Function with name "?(.+?)"? does not exist/,
    'invalidFunction',
    'invalid name of function or procedure: $1',
  ),
  row(/Binder/, /Referenced column "(.+?)" not found/, 'invalidColumn', 'invalid column name: $1'),
  row(/Binder/, /Referenced table "(.+?)" not found/, 'invalidColumn', 'invalid column name: $1'),
  row(
    /Binder/,
    /does not have a column (?:named|with name) "(.+?)"/,
    'invalidColumn',
    'invalid column name: $1',
  ),
  row(
    /Binder/,
    /Ambiguous reference to column name "(.+?)"/,
    'ambiguousColumn',
    'column ambiguously defined: $1',
  ),
  row(/Binder/, /must appear in the GROUP BY clause/, 'groupBy', 'aggregation or grouping error'),
  row(
    /Binder/,
    /(?:WHERE|GROUP BY) clause cannot contain aggregates/,
    'groupBy',
    'aggregation or grouping error',
  ),
  row(
    /Binder/,
    /No function matches the given name and argument types '(.+?)\(/,
    'datatype',
    'inconsistent datatype: the argument types do not match function $1',
  ),
  row(
    /Binder/,
    /does not support the supplied arguments|requires? .* arguments?/,
    'invalidFunction',
    'invalid name of function or procedure',
  ),
  row(
    /Binder/,
    /values? (?:were|was) supplied|expected \d+ (?:columns|values)/,
    'columnCount',
    'not enough values',
  ),
  row(/Binder/, /Could not choose a best candidate function/, 'datatype', 'inconsistent datatype'),
  row(
    /Binder/,
    /Cannot (?:compare|mix|combine)|Could not convert|types? .* cannot/i,
    'datatype',
    'inconsistent datatype',
  ),
  row(/Parser/, /./, 'syntax', ''),
  row(/Syntax/, /./, 'syntax', ''),
  row(
    /Constraint/,
    /Duplicate key|violates (?:unique|primary key)/i,
    'uniqueViolation',
    'unique constraint violated',
  ),
  row(
    /Constraint/,
    /NOT NULL constraint failed: (?:\S+\.)?(.+)/,
    'notNull',
    'cannot insert NULL or update to NULL: $1',
  ),
  row(
    /Constraint/,
    /CHECK constraint failed .*length\(/,
    'valueTooLarge',
    'inserted value too large for column',
  ),
  row(/Constraint/, /CHECK constraint failed/, 'general', 'check constraint violation'),
  row(/Constraint/, /foreign key/i, 'foreignKey', 'foreign key constraint violation'),
  row(
    /Conversion|Invalid Input/,
    /Could not convert string/,
    'invalidNumber',
    'invalid number: not a valid number string',
  ),
  row(
    /Conversion|Out of Range|Invalid Input/,
    /to DECIMAL\(|out of range for|Overflow|out of range for the destination|cannot be cast because the value is out of range/i,
    'numericOverflow',
    'numeric overflow',
  ),
  row(
    /Conversion|Invalid Input|Out of Range/,
    /(?:date|time|timestamp)/i,
    'invalidDate',
    'invalid DATE, TIME or TIMESTAMP value',
  ),
  row(
    /Invalid Input/,
    /More than one row/,
    'manyRows',
    'single-row query returns more than one row',
  ),
  row(
    /Transaction|Serialization/i,
    /conflict|write-write/i,
    'serialization',
    'transaction serialization failure: another transaction changed the same rows',
  ),
  row(/Not ?implemented/i, /./, 'notSupported', 'feature not supported'),
  row(/Permission/, /./, 'notSupported', 'feature not supported'),
];

/** Whatever DuckDB threw, as HANA's error. */
export function hanaErrorOf(
  thrown: unknown,
  statement: FailedStatement | undefined,
  rowIndex?: number,
): SandboxError {
  if (thrown instanceof SandboxError) return inRow(thrown, rowIndex);
  const failure = failureOf(thrown);
  const found = ERROR_ROWS.find(
    ({ type, message }) => type.test(failure.type) && message.test(failure.message),
  );
  const at = positionOf(failure, statement);
  const context: HanaErrorContext = { at, row: rowIndex, cause: thrown };
  if (found === undefined)
    return hanaError('general', `general error: ${firstLine(failure.message)}`, context);
  if (found.error === 'syntax') return syntaxErrorOf(failure, statement, at);
  const message = firstLine(failure.message).match(found.message);
  const text = found.text.replace(/\$(\d)/g, (_, group: string) => message?.[Number(group)] ?? '');
  const place =
    at === undefined || statement === undefined ? '' : `: ${placeOf(statement.source, at)}`;
  return hanaError(found.error, text + place, context);
}

/** The same error with the row of the batch it happened in. */
function inRow(error: SandboxError, index: number | undefined): SandboxError {
  if (index === undefined) return error;
  const { code, message, sqlState, position } = error;
  return new SandboxError(code, message, { sqlState, position, row: index, cause: error });
}

/** DuckDB adds candidates and advice of its own behind the first line. */
const firstLine = (message: string): string => message.replace(/\n[\s\S]*/, '');

/** What is found out while rows are computed has no place: DuckDB's may be inside a macro. */
const PLACED: ReadonlySet<string> = new Set([
  'Parser',
  'Syntax',
  'Catalog',
  'Binder',
  'Permission',
]);

function positionOf(
  failure: DuckDbFailure,
  statement: FailedStatement | undefined,
): number | undefined {
  if (statement === undefined || failure.position === undefined) return undefined;
  if (!PLACED.has(failure.type)) return undefined;
  return statement.rendered.sourceOffset(failure.position, unitOf(failure));
}

const unitOf = ({ type }: DuckDbFailure): OffsetUnit =>
  type === 'Parser' || type === 'Syntax' ? 'characters' : 'bytes';

function syntaxErrorOf(
  failure: DuckDbFailure,
  statement: FailedStatement | undefined,
  at: number | undefined,
): SandboxError {
  const source = statement?.source ?? '';
  const atEnd = failure.message.includes('end of input') || at === undefined;
  if (atEnd) return syntaxError(source, source.trimEnd().length, '');
  const near = /^(?:[\p{L}\p{N}_#$]+|"[^"]*"|'[^']*'|.)/u.exec(source.slice(at))?.[0] ?? '';
  return syntaxError(source, at, near);
}

function failureOf(thrown: unknown): DuckDbFailure {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const brace = text.indexOf('{');
  const fields = brace < 0 ? undefined : fieldsOf(text.slice(brace));
  if (fields === undefined) {
    const kind = /^([A-Za-z ]+?) Error: ([\s\S]*)$/.exec(text);
    return {
      type: kind?.[1] ?? (text.startsWith('INTERRUPT') ? 'Interrupt' : ''),
      message: kind?.[2] ?? text,
      position: undefined,
      name: undefined,
      entryType: undefined,
    };
  }
  const position = Number(fields.get('position'));
  return {
    type: fields.get('exception_type') ?? '',
    message: fields.get('exception_message') ?? '',
    position: Number.isInteger(position) && fields.has('position') ? position : undefined,
    name: fields.get('name'),
    entryType: fields.get('type'),
  };
}

function fieldsOf(json: string): ReadonlyMap<string, string> | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    return new Map(Object.entries(parsed).map(([key, value]) => [key, String(value)]));
  } catch {
    return undefined;
  }
}
