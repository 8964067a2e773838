import { type ColumnFact, UNKNOWN_COLUMN } from './column-fact.ts';
import {
  FLOATING_DECIMAL,
  type HanaType,
  type HanaTypeName,
  hanaType,
  isLob,
  LONGEST_NVARCHAR,
} from './hana-type.ts';
import type { PlanNode } from './plan-node.ts';

/**
 * Rules of HANA for the type of an expression, by DuckDB's name of the function. What no rule names
 * keeps DuckDB's own type.
 */
export function expressionFact(expression: PlanNode, input: readonly ColumnFact[]): ColumnFact {
  switch (expression.text('expression_class')) {
    case 'BOUND_REF':
      return input[expression.number('index') ?? -1] ?? UNKNOWN_COLUMN;
    case 'BOUND_CONSTANT':
      return constantFact(expression.child('value'));
    case 'BOUND_AGGREGATE':
    case 'BOUND_WINDOW':
    case 'BOUND_FUNCTION':
      return functionFact(expression, input);
    case 'BOUND_OPERATOR':
      return expression.text('type') === 'OPERATOR_COALESCE'
        ? commonFact(expression.list('children'), input)
        : UNKNOWN_COLUMN;
    case 'BOUND_CASE':
      return caseFact(expression, input);
    case 'BOUND_CAST':
      return castFact(expression, input);
    default:
      return UNKNOWN_COLUMN;
  }
}

const typed = (type: HanaType | undefined, nullable = true): ColumnFact => ({
  type,
  nullable,
  origin: undefined,
});

/** Literals: an ASCII text is VARCHAR of its length, any other NVARCHAR. */
function constantFact(value: PlanNode): ColumnFact {
  if (value.child('type').text('id') !== 'VARCHAR' || value.has('is_null')) return UNKNOWN_COLUMN;
  const text = value.text('value');
  const ascii = Buffer.byteLength(text) === text.length;
  return typed(hanaType(ascii ? 'VARCHAR' : 'NVARCHAR', Math.max(text.length, 1)), false);
}

/** DuckDB adds casts of its own around arguments: those that keep the kind of type are looked through. */
function castFact(expression: PlanNode, input: readonly ColumnFact[]): ColumnFact {
  const child = expressionFact(expression.child('child'), input);
  const target = expression.child('return_type').text('id');
  const name = child.type?.name;
  const keeps =
    (target === 'VARCHAR' && name !== undefined && CHARACTER_TYPES.has(name)) ||
    (target === 'BLOB' && (name === 'BINARY' || name === 'VARBINARY'));
  return keeps ? typed(child.type, child.nullable) : typed(undefined, child.nullable);
}

const CHARACTER_TYPES: ReadonlySet<HanaTypeName> = new Set<HanaTypeName>([
  'CHAR',
  'VARCHAR',
  'NCHAR',
  'NVARCHAR',
  'SHORTTEXT',
  'ALPHANUM',
]);

function caseFact(expression: PlanNode, input: readonly ColumnFact[]): ColumnFact {
  const branches = expression.list('case_checks').map((check) => check.child('then_expr'));
  return commonFact([...branches, expression.child('else_expr')], input);
}

/** COALESCE, CASE: the type of those branches that have one, when they agree; the longest length. */
function commonFact(items: readonly PlanNode[], input: readonly ColumnFact[]): ColumnFact {
  const types = items
    .filter((item) => !raisesOrNull(item))
    .map((item) => expressionFact(item, input).type);
  const [first] = types;
  if (first === undefined) return UNKNOWN_COLUMN;
  const texts = types.every((type) => type !== undefined && CHARACTER_TYPES.has(type.name));
  const agree = types.every((type) => type?.name === first.name && type.scale === first.scale);
  if (!texts && !agree) return UNKNOWN_COLUMN;
  const longest = Math.max(...types.map((type) => type?.length ?? 0));
  const name = agree ? first.name : 'NVARCHAR';
  return typed({ ...first, name, length: longest });
}

/** NULL and error() fit any type. */
function raisesOrNull(item: PlanNode): boolean {
  if (item.text('expression_class') === 'BOUND_CAST') return raisesOrNull(item.child('child'));
  return item.child('value').has('is_null') || item.text('name') === 'error';
}

type FunctionRule = (args: readonly ColumnFact[], call: PlanNode) => HanaType | undefined;

const ofArgument: FunctionRule = ([argument]) => argument?.type;

const ofText: FunctionRule = ([argument]) =>
  argument?.type !== undefined && isLob(argument.type) ? LONGEST_NVARCHAR : argument?.type;

const concatenated: FunctionRule = (args) => {
  const lengths = args.map(({ type }) =>
    type !== undefined && CHARACTER_TYPES.has(type.name) ? type.length : 5000,
  );
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return hanaType('NVARCHAR', Math.min(total, 5000));
};

/** LEFT(x, n): how the sandbox cuts CAST(x AS NVARCHAR(n)) to its length. */
const cut: FunctionRule = ([argument], call) => {
  const limit = call.list('children')[1];
  const literal = limit?.text('expression_class') === 'BOUND_CAST' ? limit.child('child') : limit;
  const length = Number(literal?.child('value').value('value'));
  if (!Number.isInteger(length)) return ofText(argument === undefined ? [] : [argument], call);
  return hanaType('NVARCHAR', length);
};

/** DuckDB divides as DOUBLE; HANA's quotient of exact numbers is a floating DECIMAL. */
const exactQuotient: FunctionRule = (_, call) =>
  call.list('children').every(isExact) ? FLOATING_DECIMAL : undefined;

const EXACT_TYPES: ReadonlySet<string> = new Set([
  'TINYINT',
  'UTINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'HUGEINT',
  'DECIMAL',
]);

function isExact(expression: PlanNode): boolean {
  const source =
    expression.text('expression_class') === 'BOUND_CAST' ? expression.child('child') : expression;
  return EXACT_TYPES.has(typeIdOf(source));
}

/** DuckDB's type of an expression; a constant has it with its value. */
const typeIdOf = (expression: PlanNode): string =>
  expression.child('return_type').text('id') || expression.child('value').child('type').text('id');

/** SUM of integers below BIGINT is a BIGINT, of BIGINT a DECIMAL(38,0). */
const sum: FunctionRule = ([argument], call) => {
  const name = argument?.type?.name;
  if (call.child('return_type').text('id') !== 'HUGEINT') return undefined;
  return name === 'BIGINT' ? { name: 'DECIMAL', length: 38, scale: 0 } : hanaType('BIGINT');
};

/** DATE plus an interval of whole days is a TIMESTAMP to DuckDB and a DATE to HANA: ADD_DAYS and kin. */
const plus: FunctionRule = (_, call) => {
  const [left, right] = call.list('children');
  const isDate =
    left !== undefined && (typeIdOf(left) === 'DATE' || typeIdOf(left.child('child')) === 'DATE');
  return isDate && WHOLE_DAY_INTERVALS.has(right?.text('name') ?? '')
    ? hanaType('DATE')
    : undefined;
};

const WHOLE_DAY_INTERVALS: ReadonlySet<string> = new Set(['to_days', 'to_months', 'to_years']);

const FUNCTION_RULES: Readonly<Record<string, FunctionRule>> = {
  min: ofArgument,
  max: ofArgument,
  first: ofArgument,
  any_value: ofArgument,
  last: ofArgument,
  first_value: ofArgument,
  last_value: ofArgument,
  nth_value: ofArgument,
  lag: ofArgument,
  lead: ofArgument,
  median: () => undefined,
  sum,
  sum_no_overflow: sum,
  avg: exactQuotient,
  '/': exactQuotient,
  '+': plus,
  upper: ofText,
  lower: ofText,
  trim: ofText,
  ltrim: ofText,
  rtrim: ofText,
  substring: ofText,
  substr: ofText,
  reverse: ofText,
  left: cut,
  right: cut,
  '||': concatenated,
  concat: concatenated,
  string_agg: () => LONGEST_NVARCHAR,
  replace: () => LONGEST_NVARCHAR,
};

const NEVER_NULL: ReadonlySet<string> = new Set([
  'count',
  'count_star',
  'row_number',
  'rank',
  'dense_rank',
]);

/** Window functions without a function object go by their expression type. */
const WINDOW_PREFIX = 'WINDOW_';

function functionFact(call: PlanNode, input: readonly ColumnFact[]): ColumnFact {
  const kind = call.text('type');
  const isWindow = kind.startsWith(WINDOW_PREFIX) && kind !== 'WINDOW_AGGREGATE';
  const name = isWindow
    ? kind.slice(WINDOW_PREFIX.length).toLowerCase()
    : call.text('name') || call.text('function_name');
  const args = call.list('children').map((child) => expressionFact(child, input));
  return typed(FUNCTION_RULES[name]?.(args, call), !NEVER_NULL.has(name));
}
