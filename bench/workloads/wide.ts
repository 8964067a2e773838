import {
  asciiNvarchar,
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  fixed8,
  fixed16,
  INTEGER,
  REAL,
  SECONDDATE,
  SMALLINT,
  TIME,
  TIMESTAMP,
  TINYINT,
  varbinary,
} from './column-kinds.ts';
import { column, sparse, type WorkloadColumn, type WorkloadDefinition } from './workload.ts';

/** 2000-01-01 in HANA's counts of ticks, seconds and days. */
const LONGDATE_2000 = 630_823_680_000_000_001n;
const SECONDDATE_2000 = 63_082_368_001;
const DAYDATE_2000 = 730_121;
const DAYS = 9_000;
const SECONDS = 86_400;

const codes = ['EUR', 'USD', 'CHF', 'GBP', 'JPY'];

/** What the columns are, in turn: forty of them have every one at least twice. */
const KINDS: readonly ((name: string) => WorkloadColumn)[] = [
  (name) =>
    column(
      name,
      INTEGER,
      sparse((number) => number | 0),
    ),
  (name) =>
    column(
      name,
      asciiNvarchar(3),
      sparse((number) => codes[number % codes.length] ?? ''),
    ),
  (name) =>
    column(
      name,
      fixed8(15, 2),
      sparse((number) => number - 2_000_000_000),
    ),
  (name) =>
    column(
      name,
      DATE,
      sparse((number) => DAYDATE_2000 + (number % DAYS)),
    ),
  (name) =>
    column(
      name,
      DOUBLE,
      sparse((number) => number / 1024),
    ),
  (name) =>
    column(
      name,
      asciiNvarchar(40),
      sparse((number) => `material ${number % 100_000}`),
    ),
  (name) =>
    column(
      name,
      BIGINT,
      sparse((number) => number * 1_000_003),
    ),
  (name) =>
    column(
      name,
      TIMESTAMP,
      sparse((number) => LONGDATE_2000 + BigInt(number) * 1_000_000n),
    ),
  (name) =>
    column(
      name,
      SMALLINT,
      sparse((number) => (number << 16) >> 16),
    ),
  (name) =>
    column(
      name,
      BOOLEAN,
      sparse((number) => number % 3 === 0),
    ),
  (name) =>
    column(
      name,
      SECONDDATE,
      sparse((number) => SECONDDATE_2000 + (number % (DAYS * SECONDS))),
    ),
  (name) =>
    column(
      name,
      fixed16(34, 6),
      sparse((number) => (BigInt(number) - 2_000_000_000n) * 1_000_000_007n * 1_000_000_009n),
    ),
  (name) =>
    column(
      name,
      TINYINT,
      sparse((number) => number & 0xff),
    ),
  (name) =>
    column(
      name,
      TIME,
      sparse((number) => 1 + (number % SECONDS)),
    ),
  (name) =>
    column(
      name,
      REAL,
      sparse((number) => Math.fround(number / 1024)),
    ),
  (name) =>
    column(
      name,
      varbinary(16),
      sparse((number) => Buffer.from(String(number), 'latin1')),
    ),
];

const COLUMNS = 40;

/** Forty columns, as tables of an ERP system have them. */
export const WIDE: WorkloadDefinition = {
  name: 'WIDE',
  summary: '40 columns of 16 types in turn, some 300 bytes a row',
  defaultRows: 200_000,
  columns: Array.from({ length: COLUMNS }, (_, index) => {
    const name = `C${String(index + 1).padStart(2, '0')}`;
    const make = KINDS[index % KINDS.length];
    if (make === undefined) throw new Error(`no kind for column ${name}`);
    return make(name);
  }),
};
