import type { DuckDBConnection } from '@duckdb/node-api';
import { STAMP_FUNCTION, STAMP_SQL } from './commit-clock.ts';
import { FUNCTION_SCHEMA } from './duck-connections.ts';
import { quoteName } from './rendered-sql.ts';
import { FLOATING_DECIMAL, storageOf } from './types/hana-type.ts';

type Overload = readonly [parameters: string, body: string];

/**
 * HANA's functions, and operators that mean something else in DuckDB, as DuckDB macros: name, then one
 * body per number of arguments. They stand before DuckDB's own on the search path; a body reaches
 * DuckDB's function of the same name by `system.main`.
 */
type MacroRow = readonly [name: string, ...overloads: readonly Overload[]];

const ISO_TEXT = "strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%f')";

/** The empty date or time, for which HANA's text is empty. */
const IS_EMPTY = `contains(CAST(x AS VARCHAR), '(BC)')
  OR (typeof(x) = 'TIME' AND CAST(x AS VARCHAR) = '00:00:00.000007')`;

/** The moment that a format writes: a time has some day. */
const MOMENT_OF = `CASE typeof(x) WHEN 'TIME' THEN CAST('1970-01-01 ' || CAST(x AS VARCHAR) AS TIMESTAMP)
  ELSE CAST(CAST(x AS VARCHAR) AS TIMESTAMP) END`;

/** A floating DECIMAL without the zeros that its storage in DuckDB adds. */
const SHORTEST = `rtrim(rtrim(CAST(x AS VARCHAR), '0'), '.')`;

/** The empty text for the empty date, which DuckDB calls a day before Christ. */
const unlessEmpty = (text: string): string =>
  `CASE WHEN contains(CAST(x AS VARCHAR), '(BC)') THEN '' ELSE ${text} END`;

/** HANA's text of a value: seven decimals of a second, TRUE and FALSE in capitals. */
const TEXT_OF = `CASE typeof(x) WHEN 'TIMESTAMP' THEN ${unlessEmpty(`${ISO_TEXT} || '0'`)}
  WHEN 'DATE' THEN ${unlessEmpty('CAST(x AS VARCHAR)')}
  WHEN 'TIMESTAMP_S' THEN ${unlessEmpty('CAST(x AS VARCHAR)')}
  WHEN 'TIME' THEN CASE WHEN CAST(x AS VARCHAR) = '00:00:00.000007' THEN ''
    ELSE left(CAST(x AS VARCHAR), 8) END
  WHEN '${storageOf(FLOATING_DECIMAL)}' THEN ${SHORTEST}
  WHEN 'DOUBLE' THEN regexp_replace(CAST(x AS VARCHAR), '\\.0$', '')
  WHEN 'FLOAT' THEN regexp_replace(CAST(x AS VARCHAR), '\\.0$', '')
  WHEN 'BOOLEAN' THEN upper(CAST(x AS VARCHAR))
  WHEN 'BLOB' THEN decode(TRY_CAST(x AS BLOB))
  ELSE CAST(x AS VARCHAR) END`;

const BYTES_OF = `CASE WHEN typeof(x) = 'BLOB' THEN TRY_CAST(x AS BLOB)
  ELSE encode(CAST(x AS VARCHAR)) END`;

const TEXT: Overload = ['x', TEXT_OF];
const BYTES: Overload = ['x', BYTES_OF];

const cast = (type: string): Overload => ['x', `CAST(x AS ${type})`];
const wholeNumber = (type: string): Overload => [
  'x',
  `CAST(trunc(CAST(x AS DECIMAL(38,15))) AS ${type})`,
];
const part = (name: string): Overload => [
  'x',
  `CAST(date_part('${name}', CAST(x AS TIMESTAMP)) AS INTEGER)`,
];
const between = (unit: string): Overload => [
  'a, b',
  `CAST(date_sub('${unit}', CAST(a AS TIMESTAMP), CAST(b AS TIMESTAMP)) AS INTEGER)`,
];
const padded = (name: string): readonly Overload[] => [
  ['x, n', `system.main.${name}(CAST(x AS VARCHAR), CAST(n AS INTEGER), ' ')`],
  ['x, n, p', `system.main.${name}(CAST(x AS VARCHAR), CAST(n AS INTEGER), p)`],
];

const NUMBER_FUNCTIONS: readonly MacroRow[] = [
  // DuckDB answers NULL when the divisor is 0; HANA fails.
  [
    '/',
    ['a, b', `CASE WHEN b = 0 THEN error('#hana:divisionByZero') ELSE system.main."/"(a, b) END`],
  ],
  ['NDIV0', ['a, b', 'CASE WHEN b = 0 THEN system.main."/"(0, 1) ELSE system.main."/"(a, b) END']],
  ['MOD', ['a, b', 'CASE WHEN b = 0 THEN a ELSE system.main."%"(a, b) END']],
  ['BITAND', ['a, b', 'a & b']],
  ['BITOR', ['a, b', 'a | b']],
  ['BITXOR', ['a, b', 'xor(a, b)']],
  ['BITCOUNT', ['a', 'CAST(bit_count(a) AS INTEGER)']],
  ['RAND', ['', 'random()']],
  ['VAR', ['x', 'var_samp(x)']],
  [STAMP_FUNCTION, ['', STAMP_SQL]],
];

const CONVERSIONS: readonly MacroRow[] = [
  ['TO_VARCHAR', TEXT],
  ['TO_NVARCHAR', TEXT],
  ['TO_CHAR', TEXT],
  ['TO_NCHAR', TEXT],
  ['TO_ALPHANUM', TEXT],
  ['TO_CLOB', TEXT],
  ['TO_NCLOB', TEXT],
  ['TO_BINARY', BYTES],
  ['TO_VARBINARY', BYTES],
  ['TO_BLOB', BYTES],
  ['TO_TINYINT', wholeNumber('UTINYINT')],
  ['TO_SMALLINT', wholeNumber('SMALLINT')],
  ['TO_INT', wholeNumber('INTEGER')],
  ['TO_INTEGER', wholeNumber('INTEGER')],
  ['TO_BIGINT', wholeNumber('BIGINT')],
  ['TO_DECIMAL', cast('DECIMAL(38,15)')],
  ['TO_SMALLDECIMAL', cast('DECIMAL(38,15)')],
  ['TO_REAL', cast('FLOAT')],
  ['TO_DOUBLE', cast('DOUBLE')],
  ['TO_BOOLEAN', cast('BOOLEAN')],
  ['TO_REAL_VECTOR', cast('FLOAT[]')],
  ['TO_DATE', cast('DATE')],
  ['TO_TIME', cast('TIME')],
  ['TO_SECONDDATE', cast('TIMESTAMP_S')],
  ['TO_TIMESTAMP', cast('TIMESTAMP')],
  ['IS_EMPTY_MOMENT', ['x', IS_EMPTY]],
  ['MOMENT_OF', ['x', MOMENT_OF]],
  ['TO_DATS', ['x', "strftime(CAST(x AS DATE), '%Y%m%d')"]],
];

const DATE_FUNCTIONS: readonly MacroRow[] = [
  ['ADD_DAYS', ['x, n', 'x + to_days(CAST(n AS INTEGER))']],
  ['ADD_MONTHS', ['x, n', 'x + to_months(CAST(n AS INTEGER))']],
  ['ADD_YEARS', ['x, n', 'x + to_years(CAST(n AS INTEGER))']],
  ['ADD_SECONDS', ['x, n', 'CAST(x AS TIMESTAMP) + to_microseconds(CAST(n * 1000000 AS BIGINT))']],
  ['ADD_NANO100', ['x, n', 'CAST(x AS TIMESTAMP) + to_microseconds(CAST(n // 10 AS BIGINT))']],
  ['DAYS_BETWEEN', between('day')],
  ['MONTHS_BETWEEN', between('month')],
  ['YEARS_BETWEEN', between('year')],
  ['SECONDS_BETWEEN', ['a, b', "date_sub('second', CAST(a AS TIMESTAMP), CAST(b AS TIMESTAMP))"]],
  [
    'NANO100_BETWEEN',
    ['a, b', "date_sub('microsecond', CAST(a AS TIMESTAMP), CAST(b AS TIMESTAMP)) * 10"],
  ],
  ['YEAR', part('year')],
  ['MONTH', part('month')],
  ['DAYOFMONTH', part('day')],
  ['DAYOFYEAR', part('dayofyear')],
  ['HOUR', part('hour')],
  ['MINUTE', part('minute')],
  ['WEEK', part('week')],
  [
    'SECOND',
    ['x', "CAST(date_part('microsecond', CAST(x AS TIMESTAMP)) * 0.000001 AS DECIMAL(9,7))"],
  ],
  ['WEEKDAY', ['x', "CAST(date_part('isodow', CAST(x AS TIMESTAMP)) - 1 AS INTEGER)"]],
  [
    'QUARTER',
    ['x', "strftime(CAST(x AS TIMESTAMP), '%Y-Q') || date_part('quarter', CAST(x AS TIMESTAMP))"],
  ],
  ['ISOWEEK', ['x', "strftime(CAST(x AS TIMESTAMP), '%G-W%V')"]],
  ['DAYNAME', ['x', "upper(strftime(CAST(x AS TIMESTAMP), '%A'))"]],
  ['MONTHNAME', ['x', "upper(strftime(CAST(x AS TIMESTAMP), '%B'))"]],
  ['NEXT_DAY', ['x', 'CAST(x AS DATE) + 1']],
];

const FOUND = 'system.main.instr(x, p)';
const LENGTH_OF = `CASE WHEN typeof(x) = 'BLOB' THEN octet_length(TRY_CAST(x AS BLOB))
  ELSE system.main.length(CAST(x AS VARCHAR)) END`;

const TEXT_FUNCTIONS: readonly MacroRow[] = [
  ['CONCAT', ['a, b', 'a || b']],
  ['CHAR_OF', ['n', 'chr(CAST(n AS INTEGER))']],
  ['UNICODE', ['x', 'ord(x)']],
  ['NVL', ['a, b', 'coalesce(a, b)']],
  ['LCASE', ['x', 'lower(x)']],
  ['UCASE', ['x', 'upper(x)']],
  [
    'LOCATE',
    ['x, p', `CAST(${FOUND} AS INTEGER)`],
    [
      'x, p, n',
      `CAST(CASE WHEN system.main.instr(substr(x, n), p) = 0 THEN 0
        ELSE system.main.instr(substr(x, n), p) + n - 1 END AS INTEGER)`,
    ],
  ],
  ['INSTR', ['x, p', `CAST(${FOUND} AS INTEGER)`]],
  ['LENGTH', ['x', `CAST(${LENGTH_OF} AS INTEGER)`]],
  ['SUBSTR_BEFORE', ['x, p', `CASE WHEN ${FOUND} = 0 THEN '' ELSE left(x, ${FOUND} - 1) END`]],
  [
    'SUBSTR_AFTER',
    ['x, p', `CASE WHEN ${FOUND} = 0 THEN '' ELSE substr(x, ${FOUND} + system.main.length(p)) END`],
  ],
  [
    'INITCAP',
    [
      'x',
      `array_to_string(list_transform(string_split(lower(x), ' '),
        lambda word: upper(left(word, 1)) || substr(word, 2)), ' ')`,
    ],
  ],
  ['LPAD', ...padded('lpad')],
  ['RPAD', ...padded('rpad')],
];

const BINARY_FUNCTIONS: readonly MacroRow[] = [
  ['BINTOHEX', ['x', `hex(${BYTES_OF})`]],
  ['HEXTOBIN', ['x', 'from_hex(x)']],
  ['BINTOSTR', ['x', 'decode(x)']],
  ['STRTOBIN', ['x, e', 'encode(x)']],
  [
    'BYTES_OF_DIGITS',
    [
      'x',
      "CASE WHEN typeof(x) = 'BLOB' THEN TRY_CAST(x AS BLOB) ELSE from_hex(CAST(x AS VARCHAR)) END",
    ],
  ],
  [
    'ST_GEOMFROMTEXT',
    ['x', 'ST_AsWKB(CAST(x AS GEOMETRY))'],
    ['x, srid', 'ST_AsWKB(CAST(x AS GEOMETRY))'],
  ],
  ['ST_POINT', ['x, y', "ST_AsWKB(CAST('POINT(' || x || ' ' || y || ')' AS GEOMETRY))"]],
];

/** Table functions: name, parameters, query. */
const TABLE_FUNCTIONS: readonly (readonly [name: string, parameters: string, query: string])[] = [
  [
    'SERIES_GENERATE_INTEGER',
    'step, low, high',
    `SELECT CAST(n AS INTEGER) AS GENERATED_PERIOD_START,
       CAST(n + step AS INTEGER) AS GENERATED_PERIOD_END,
       row_number() OVER () AS ELEMENT_NUMBER FROM range(low, high, step) AS numbers(n)`,
  ],
];

/** Defines HANA's functions in DuckDB, once per database. */
export async function createHanaFunctions(connection: DuckDBConnection): Promise<void> {
  const scalars = [
    ...NUMBER_FUNCTIONS,
    ...CONVERSIONS,
    ...DATE_FUNCTIONS,
    ...TEXT_FUNCTIONS,
    ...BINARY_FUNCTIONS,
  ];
  for (const [name, ...overloads] of scalars) {
    const bodies = overloads.map(([parameters, body]) => `(${parameters}) AS ${body}`);
    await connection.run(`CREATE MACRO ${macroName(name)}${bodies.join(', ')}`);
  }
  for (const [name, parameters, query] of TABLE_FUNCTIONS) {
    await connection.run(`CREATE MACRO ${macroName(name)}(${parameters}) AS TABLE ${query}`);
  }
}

const macroName = (name: string): string => `${quoteName(FUNCTION_SCHEMA)}.${quoteName(name)}`;
