import { isAscii } from 'node:buffer';
import type { ArrowBatch } from '../../arrow/batch.ts';
import { isValid } from '../../arrow/bitmap.ts';
import { arrowTypeName } from '../../arrow/type-name.ts';
import type { ArrowField, ArrowType } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import { utf16Length } from '../values/cesu8.ts';
import { type SourceColumn, sourceColumns } from './source-column.ts';

/** Characters of the longest NVARCHAR and bytes of the longest VARBINARY. */
const MAX_VARIABLE_LENGTH = 5000;
const MAX_DECIMAL_DIGITS = 38;

/** The SQL type for the values of one kind of Arrow type. */
interface Definition<T> {
  /** @param longest The longest value seen, as {@link longestValue} measures it. */
  readonly sql: (type: T, longest: number) => string;
  readonly reason: string;
}

type Definitions = {
  readonly [K in ArrowType['kind']]?: Definition<Extract<ArrowType, { kind: K }>>;
};

const DEFINITIONS: Definitions = {
  bool: { sql: () => 'BOOLEAN', reason: 'the same values' },
  int: {
    sql: ({ bits, signed }) => (signed ? SIGNED : UNSIGNED)[bits],
    reason: 'the narrowest type that holds every value; only TINYINT is unsigned in HANA',
  },
  float: { sql: ({ bits }) => (bits === 32 ? 'REAL' : 'DOUBLE'), reason: 'the same format' },
  decimal128: {
    sql: decimalType,
    reason: 'the same digits; HANA has no scale below 0 or above the precision, so that may grow',
  },
  utf8: {
    sql: (_type, longest) =>
      longest > MAX_VARIABLE_LENGTH ? 'NCLOB' : `NVARCHAR(${MAX_VARIABLE_LENGTH})`,
    reason: 'the longest that can be indexed and compared, as later rows may be longer; then a LOB',
  },
  binary: {
    sql: (_type, longest) =>
      longest > MAX_VARIABLE_LENGTH ? 'BLOB' : `VARBINARY(${MAX_VARIABLE_LENGTH})`,
    reason: 'as utf8',
  },
  date32: { sql: () => 'DATE', reason: 'days' },
  time32: { sql: () => 'TIME', reason: 'the only one; a fraction of a second is an error' },
  time64: { sql: () => 'TIME', reason: 'the only one; a fraction of a second is an error' },
  timestamp: {
    sql: ({ unit }) => (unit === 's' ? 'SECONDDATE' : 'TIMESTAMP'),
    reason: 'TIMESTAMP has seven digits behind the second; with a time zone, UTC is stored',
  },
  'fixed-size-list': {
    sql: ({ size }) => `REAL_VECTOR(${size})`,
    reason: 'lists of floats are vectors',
  },
  list: { sql: () => 'REAL_VECTOR', reason: 'a vector whose values may differ in length' },
  null: {
    sql: () => `NVARCHAR(${MAX_VARIABLE_LENGTH})`,
    reason: 'nothing is known; text takes what later rows may bring',
  },
};

const SIGNED = { 8: 'SMALLINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' } as const;
const UNSIGNED = { 8: 'TINYINT', 16: 'INTEGER', 32: 'BIGINT', 64: 'DECIMAL(20,0)' } as const;

const EXTENSION_NAME = 'ARROW:extension:name';
const GEOARROW_WKB = 'geoarrow.wkb';

/**
 * The type of a HANA column that holds a field, as CREATE TABLE spells it.
 * @param longest UTF-16 units or bytes of the longest value seen; 0 when none was.
 * @throws HanaFlightError `unimplemented` for a type that no column holds.
 */
export function columnDefinition(field: ArrowField, longest: number): string {
  const { type, metadata, name } = field;
  if (type.kind === 'binary' && metadata?.[EXTENSION_NAME] === GEOARROW_WKB) return 'ST_GEOMETRY';
  // The table has one row per kind, so the one found takes this type; TypeScript cannot follow that.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const definition = DEFINITIONS[type.kind] as Definition<ArrowType> | undefined;
  if (definition === undefined || ('item' in type && type.item.type.kind !== 'float')) {
    throw new HanaFlightError(
      'unimplemented',
      `field "${name}": expected a type that a column of HANA can hold, got ${arrowTypeName(type)}`,
    );
  }
  return definition.sql(type, longest);
}

function decimalType({ precision, scale }: ArrowType & { kind: 'decimal128' }): string {
  const digits = scale < 0 ? precision - scale : Math.max(precision, scale);
  return `DECIMAL(${Math.min(digits, MAX_DECIMAL_DIGITS)},${Math.max(scale, 0)})`;
}

/**
 * Length of the longest value of a column: UTF-16 units of text, which is what HANA counts, and bytes
 * of binary. 0 for other types.
 * @param fields of the schema that the batch belongs to.
 */
export function longestValue(
  fields: readonly ArrowField[],
  batch: ArrowBatch,
  index: number,
): number {
  const source = sourceColumns({ fields }, batch)[index];
  if (source?.type.kind === 'binary') return longestOf(source, (value) => value.length);
  return source?.type.kind === 'utf8' ? longestOf(source, utf16Length) : 0;
}

/** No text has more units than bytes, so most values need not be counted. */
function longestOf(
  { length, validity, offsets, values }: SourceColumn,
  measure: (value: Uint8Array) => number,
): number {
  const inBytes = isAscii(values.subarray(offsets[0], offsets[length]));
  let longest = 0;
  for (let row = 0; row < length; row++) {
    const start = offsets[row] ?? 0;
    const end = offsets[row + 1] ?? 0;
    if (end - start <= longest || !isValid(validity, row)) continue;
    const size = inBytes ? end - start : measure(values.subarray(start, end));
    longest = Math.max(longest, size);
  }
  return longest;
}
