import { HANA_TYPES, type HanaTypeName } from '../../types/hana-type.ts';
import {
  BIGINT,
  type Cell,
  FLAG,
  flag,
  INTEGER,
  MAX_LOB_LENGTH,
  NAME,
  type SystemView,
  WORD,
} from './system-view.ts';

const DATA_TYPES: SystemView = {
  name: 'DATA_TYPES',
  columns: [
    ['OID', BIGINT],
    ['TYPE_ID', INTEGER],
    ['BASE_TYPE_ID', INTEGER],
    ['TYPE_NAME', WORD],
    ['COLUMN_SIZE', INTEGER],
    ['LITERAL_PREFIX', WORD],
    ['LITERAL_SUFFIX', WORD],
    ['CREATE_PARAMS', WORD],
    ['NULLABLE', INTEGER],
    ['CASE_SENSITIVE', INTEGER],
    ['SEARCHABLE', INTEGER],
    ['UNSIGNED_ATTRIBUTE', INTEGER],
    ['FIXED_PREC_SCALE', INTEGER],
    ['AUTO_UNIQUE_VALUE', INTEGER],
    ['LOCAL_TYPE_NAME', WORD],
    ['MINIMUM_SCALE', INTEGER],
    ['MAXIMUM_SCALE', INTEGER],
    ['SQL_DATA_TYPE', INTEGER],
    ['SQL_DATETIME_SUB', INTEGER],
    ['NUM_PREC_RADIX', INTEGER],
    ['INTERVAL_PRECISION', INTEGER],
  ],
  rows: () => typeNames().map(dataTypeRow),
};

const typeNames = (): readonly HanaTypeName[] =>
  Object.keys(HANA_TYPES).filter((name): name is HanaTypeName => name !== 'LONGDATE');

/** Longest a type may be declared. */
const COLUMN_SIZES: Readonly<Partial<Record<HanaTypeName, number>>> = {
  CHAR: 2000,
  NCHAR: 2000,
  VARCHAR: 5000,
  NVARCHAR: 5000,
  SHORTTEXT: 5000,
  ALPHANUM: 127,
  BINARY: 2000,
  VARBINARY: 5000,
  DECIMAL: 38,
  REAL_VECTOR: 65_000,
};

/** ODBC's sub-code of a date or time type; 3 is a timestamp. */
const DATETIME_SUBCODES: Readonly<Partial<Record<HanaTypeName, number>>> = { DATE: 1, TIME: 2 };

const SEARCHABLE_IN_ALL = 3;
const SEARCHABLE_BY_LIKE = 1;

interface TypeTraits {
  readonly isText: boolean;
  readonly isBinary: boolean;
  readonly isTime: boolean;
  readonly isNumber: boolean;
}

function traitsOf(name: HanaTypeName): TypeTraits {
  const { storage } = HANA_TYPES[name];
  const isText = storage === 'VARCHAR';
  const isBinary = storage === 'BLOB';
  const isTime = ['DATE', 'TIME', 'SECONDDATE', 'TIMESTAMP'].includes(name);
  const isOther = name === 'BOOLEAN' || name === 'REAL_VECTOR';
  return { isText, isBinary, isTime, isNumber: !isText && !isBinary && !isTime && !isOther };
}

function literalPrefix({ isText, isBinary, isTime }: TypeTraits): string | null {
  if (isBinary) return "X'";
  return isText || isTime ? "'" : null;
}

const CREATE_PARAMS: Readonly<Partial<Record<HanaTypeName, string>>> = {
  DECIMAL: 'precision,scale',
};
const MAXIMUM_SCALES: Readonly<Partial<Record<HanaTypeName, number>>> = {
  DECIMAL: 38,
  TIMESTAMP: 7,
};
/** ODBC's code for all dates and times. */
const SQL_DATETIME = 9;

function dataTypeRow(name: HanaTypeName, index: number): readonly Cell[] {
  const { odbcType, sized, length } = HANA_TYPES[name];
  const traits = traitsOf(name);
  const { isText, isTime, isNumber } = traits;
  const prefix = literalPrefix(traits);
  return [
    BigInt(index + 1),
    odbcType,
    odbcType,
    name,
    length < 0 ? MAX_LOB_LENGTH : (COLUMN_SIZES[name] ?? length),
    prefix,
    prefix === null ? null : "'",
    CREATE_PARAMS[name] ?? (sized ? 'max length' : null),
    1,
    isText ? 1 : 0,
    length < 0 ? SEARCHABLE_BY_LIKE : SEARCHABLE_IN_ALL,
    isNumber ? Number(name === 'TINYINT') : null,
    0,
    isNumber ? 0 : null,
    name,
    name === 'DECIMAL' ? 0 : null,
    MAXIMUM_SCALES[name] ?? null,
    isTime ? SQL_DATETIME : odbcType,
    isTime ? (DATETIME_SUBCODES[name] ?? 3) : null,
    isNumber ? 10 : null,
    null,
  ];
}

const USERS: SystemView = {
  name: 'USERS',
  columns: [
    ['USER_NAME', NAME],
    ['USER_ID', BIGINT],
    ['USER_DEACTIVATED', FLAG],
    ['IS_PASSWORD_ENABLED', FLAG],
    ['IS_RESTRICTED', FLAG],
  ],
  rows: ({ users, identity }) =>
    users
      .filter((name) => identity.user === 'SYSTEM' || name === identity.user)
      .map((name) => [
        name,
        BigInt(130_000 + users.indexOf(name)),
        'FALSE',
        'TRUE',
        flag(name === 'RESTRICTED'),
      ]),
};

/** The views about types and users. */
export const TYPE_VIEWS: readonly SystemView[] = [DATA_TYPES, USERS];
