/** HANA's functions that answer the same for the same arguments and change nothing. */
interface FunctionFamily {
  readonly family: string;
  /** Why a query with them may be split. */
  readonly reason: string;
  readonly names: string;
}

/**
 * Only functions that HANA itself has: any other name without a schema may be a user's own function, which
 * may read a clock or a table.
 */
export const DETERMINISTIC_FUNCTIONS: readonly FunctionFamily[] = [
  {
    family: 'numbers',
    reason: 'arithmetic on their arguments',
    names: `ABS ACOS ASIN ATAN ATAN2 BITAND BITCOUNT BITNOT BITOR BITSET BITUNSET BITXOR CEIL COS COSH COT
      EXP FLOOR GREATEST LEAST LN LOG MOD NDIV0 POWER ROUND SIGN SIN SINH SQRT TAN TANH UMINUS`,
  },
  {
    family: 'strings',
    reason: 'text made of their arguments; HANA compares by code, whatever the locale',
    names: `ABAP_ALPHANUM ABAP_LOWER ABAP_NUMC ABAP_UPPER ASCII BINTOHEX BINTONHEX BINTOSTR CHAR CONCAT
      CONCAT_NAZ ESCAPE_DOUBLE_QUOTES ESCAPE_SINGLE_QUOTES HAMMING_DISTANCE HEXTOBIN INITCAP LCASE LEFT
      LENGTH LOCATE LOWER LPAD LTRIM NCHAR REPLACE RIGHT RPAD RTRIM SOUNDEX STRTOBIN SUBSTR SUBSTRING
      SUBSTR_AFTER SUBSTR_BEFORE TRIM UCASE UNICODE UPPER`,
  },
  {
    family: 'regular expressions',
    reason: 'text found in their arguments',
    names: `LOCATE_REGEXPR OCCURRENCES_REGEXPR REPLACE_REGEXPR SUBSTRING_REGEXPR SUBSTR_REGEXPR`,
  },
  {
    family: 'dates',
    reason: 'the calendar is the same at any time; the clock is asked by other functions',
    names: `ADD_DAYS ADD_MONTHS ADD_MONTHS_LAST ADD_NANO100 ADD_SECONDS ADD_YEARS DAYNAME DAYOFMONTH
      DAYOFYEAR DAYS_BETWEEN EXTRACT HOUR ISOWEEK LAST_DAY LOCALTOUTC MINUTE MONTH MONTHNAME
      MONTHS_BETWEEN NANO100_BETWEEN NEXT_DAY QUARTER SECOND SECONDS_BETWEEN UTCTOLOCAL WEEK WEEKDAY YEAR
      YEARS_BETWEEN`,
  },
  {
    family: 'conversions',
    reason: 'the same value as another type; formats come as arguments or from the session',
    names: `CAST TO_ALPHANUM TO_BIGINT TO_BINARY TO_BLOB TO_BOOLEAN TO_CHAR TO_CLOB TO_DATE TO_DATS
      TO_DECIMAL TO_DOUBLE TO_FIXEDCHAR TO_INT TO_INTEGER TO_JSON_BOOLEAN TO_NCHAR TO_NCLOB TO_NVARCHAR
      TO_REAL TO_REAL_VECTOR TO_SECONDDATE TO_SMALLDECIMAL TO_SMALLINT TO_TIME TO_TIMESTAMP TO_TINYINT
      TO_VARBINARY TO_VARCHAR`,
  },
  {
    family: 'choices',
    reason: 'one of their arguments',
    names: 'COALESCE IFNULL MAP NULLIF',
  },
  {
    family: 'hashes',
    reason: 'made of the bytes of their arguments',
    names: 'HASH_MD5 HASH_SHA256',
  },
  {
    family: 'JSON and XML',
    reason: 'a part of their argument',
    names: 'JSON_QUERY JSON_VALUE XMLEXTRACT XMLEXTRACTVALUE',
  },
  {
    family: 'vectors',
    reason: 'arithmetic on their arguments',
    names: 'CARDINALITY COSINE_SIMILARITY L2DISTANCE',
  },
  {
    family: 'session',
    reason: 'all endpoints are read with the variables of one session',
    names: 'SESSION_CONTEXT',
  },
  {
    family: 'series',
    reason: 'rows made of their arguments alone',
    names: `SERIES_GENERATE_BIGINT SERIES_GENERATE_DATE SERIES_GENERATE_DECIMAL SERIES_GENERATE_INTEGER
      SERIES_GENERATE_SECONDDATE SERIES_GENERATE_SMALLINT SERIES_GENERATE_TIME SERIES_GENERATE_TIMESTAMP
      SERIES_GENERATE_TINYINT SERIES_ROUND`,
  },
  {
    family: 'grouping',
    reason: 'says which columns a row is grouped by',
    names: 'GROUPING GROUPING_ID',
  },
];

/**
 * Aggregates that do not care for the order of rows. HANA may round a sum of floating-point numbers
 * otherwise each time it is computed; that is so without a split too.
 */
const AGGREGATES: ReadonlySet<string> = new Set(
  `AVG CORR CORR_SPEARMAN COUNT COVAR_POP COVAR_SAMP MAX MEDIAN MIN PERCENTILE_CONT PERCENTILE_DISC STDDEV
   STDDEV_POP STDDEV_SAMP STRING_AGG SUM VAR VAR_POP VAR_SAMP`.split(/\s+/),
);

/** Aggregates whose answer depends on the order of rows with equal sort keys, which HANA may change. */
const ORDERED_AGGREGATES: ReadonlySet<string> = new Set(
  'ARRAY_AGG FIRST_VALUE LAST_VALUE NTH_VALUE STRING_AGG'.split(' '),
);

const KNOWN: ReadonlySet<string> = new Set(
  DETERMINISTIC_FUNCTIONS.flatMap(({ names }) => names.split(/\s+/)),
);

export const isAggregate = (name: string): boolean =>
  AGGREGATES.has(name) || ORDERED_AGGREGATES.has(name);
export const isOrderedAggregate = (name: string): boolean => ORDERED_AGGREGATES.has(name);
export const isDeterministic = (name: string): boolean => KNOWN.has(name) || AGGREGATES.has(name);

interface VolatileFunctions {
  readonly rule: string;
  /** Goes on after the name of the function. */
  readonly reason: string;
  readonly names: readonly string[];
  /** True for functions that are only meant when parentheses follow: the name may be a column too. */
  readonly called: boolean;
}

/** Functions that answer otherwise for each endpoint, as each is a statement executed at its own time. */
export const VOLATILE_FUNCTIONS: readonly VolatileFunctions[] = [
  {
    rule: 'clock',
    reason: 'asks the clock, and each endpoint is executed at its own time',
    names: [
      'CURRENT_DATE',
      'CURRENT_TIME',
      'CURRENT_TIMESTAMP',
      'CURRENT_UTCDATE',
      'CURRENT_UTCTIME',
      'CURRENT_UTCTIMESTAMP',
      'LOCALTIMESTAMP',
    ],
    called: false,
  },
  {
    rule: 'clock',
    reason: 'asks the clock, and each endpoint is executed at its own time',
    names: ['NOW'],
    called: true,
  },
  {
    rule: 'random',
    reason: 'answers otherwise each time it is asked',
    names: ['NEWUID', 'RAND', 'RAND_SECURE'],
    called: true,
  },
  {
    rule: 'random',
    reason: 'answers otherwise each time it is asked',
    names: ['SYSUUID'],
    called: false,
  },
  {
    rule: 'sequence',
    reason: 'moves or reads a sequence, and each endpoint would do so again',
    names: ['CURRVAL', 'NEXTVAL'],
    called: false,
  },
  {
    rule: 'connection',
    reason: 'belongs to one connection, and endpoints are read on several',
    names: ['CURRENT_CONNECTION', 'CURRENT_TRANSACTION_ISOLATION_LEVEL'],
    called: false,
  },
  {
    rule: 'connection',
    reason: 'belongs to one connection, and endpoints are read on several',
    names: [
      'CURRENT_IDENTITY_VALUE',
      'CURRENT_MVCC_SNAPSHOT_TIMESTAMP',
      'CURRENT_UPDATE_STATEMENT_SEQUENCE',
      'CURRENT_UPDATE_TRANSACTION',
    ],
    called: true,
  },
];
