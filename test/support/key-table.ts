import * as fc from 'fast-check';

/** Tables whose columns hold what keys may hold: negative, NULL, skewed, often the same, extreme. */

/** Columns of {@link randomKeyRows} that rows may be divided by, with their types. */
export const KEY_COLUMNS = {
  K_BIG: 'BIGINT',
  K_SKEW: 'INTEGER',
  K_MONEY: 'DECIMAL(18, 4)',
  K_WHOLE: 'DECIMAL(20, 0)',
  K_FLOAT: 'DECIMAL',
  K_DAY: 'DATE',
  K_SECOND: 'SECONDDATE',
  K_TIME: 'TIMESTAMP',
  K_TEXT: 'NVARCHAR(40)',
} as const;

export type KeyColumnName = keyof typeof KEY_COLUMNS;

export const KEY_COLUMN_NAMES = Object.keys(KEY_COLUMNS) as readonly KeyColumnName[];

type KeyRow = Readonly<Record<KeyColumnName, string | undefined>>;

const BIGINT_LIMIT = 2n ** 63n;

const day = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fc.date({
        min: new Date('2019-01-01'),
        max: new Date('2025-01-01'),
        noInvalidDate: true,
      }),
    },
    fc.constantFrom(new Date('0001-01-01'), new Date('9999-12-31'), new Date('1582-10-15')),
  )
  .map((date) => date.toISOString().slice(0, 10));

const clock = fc
  .integer({ min: 0, max: 86_399 })
  .map((second) =>
    [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60]
      .map((part) => String(part).padStart(2, '0'))
      .join(':'),
  );

const second = fc.tuple(day, clock).map((parts) => parts.join(' '));

const character = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'B',
    '0',
    "'",
    '"',
    ' ',
    '%',
    '\\',
    'é',
    '表',
    '\u{E000}',
    '\u{FFFD}',
    '😀',
  ),
  fc.constantFrom('\u0001', '\u007F', '\u00A0'),
);

const scaled = (digits: fc.Arbitrary<bigint>, scale: number): fc.Arbitrary<string> =>
  digits.map((value) => `${value}e-${scale}`).map((text) => plain(text, scale));

function plain(text: string, scale: number): string {
  const [digits = ''] = text.split('e');
  const sign = digits.startsWith('-') ? '-' : '';
  const padded = digits.replace('-', '').padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** About a tenth is NULL. */
const nullable = (values: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> =>
  fc.option(values, { nil: undefined, freq: 9 });

const keyRow: fc.Arbitrary<KeyRow> = fc.record({
  K_BIG: nullable(
    fc
      .oneof(
        fc.bigInt({ min: -BIGINT_LIMIT, max: BIGINT_LIMIT - 1n }),
        fc.bigInt({ min: -1000n, max: 1000n }),
        fc.constantFrom(-BIGINT_LIMIT, BIGINT_LIMIT - 1n),
      )
      .map(String),
  ),
  K_SKEW: nullable(
    fc
      .oneof({ weight: 9, arbitrary: fc.constant(1) }, fc.integer({ min: -500, max: 500 }))
      .map(String),
  ),
  K_MONEY: nullable(scaled(fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }), 4)),
  K_WHOLE: nullable(fc.bigInt({ min: -(10n ** 20n) + 1n, max: 10n ** 20n - 1n }).map(String)),
  K_FLOAT: nullable(scaled(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), 6)),
  K_DAY: nullable(day),
  K_SECOND: nullable(second),
  K_TIME: nullable(
    fc
      .tuple(second, fc.integer({ min: 0, max: 999_999 }))
      .map(([moment, micros]) => `${moment}.${String(micros).padStart(6, '0')}0`),
  ),
  K_TEXT: nullable(fc.string({ unit: character, maxLength: 6 })),
});

/** Rows with the ids from 1 on. @param seed the same rows for the same. */
export function randomKeyRows(count: number, seed: number): readonly KeyRow[] {
  return fc.sample(keyRow, { numRuns: count, seed });
}

/** DDL of a table of such rows. @param kind `COLUMN` or `ROW`. */
export function createKeyTable(name: string, kind: string, partitions = ''): string {
  const columns = KEY_COLUMN_NAMES.map((column) => `${column} ${KEY_COLUMNS[column]}`).join(', ');
  return `CREATE ${kind} TABLE ${name} (ID INTEGER NOT NULL, ${columns}, PRIMARY KEY (ID)) ${partitions}`;
}

export function insertKeyRow(name: string, id: number, row: KeyRow): string {
  const values = KEY_COLUMN_NAMES.map((column) => {
    const value = row[column];
    return value === undefined ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
  });
  return `INSERT INTO ${name} VALUES (${[id, ...values].join(', ')})`;
}
