import { BIGINT, DOUBLE, fixed8, INTEGER, nvarchar, TIMESTAMP } from './column-kinds.ts';
import { column, type WorkloadDefinition } from './workload.ts';

/** 2019-01-01 as LONGDATE. */
const LONGDATE_2019 = 636_819_840_000_000_001n;
const TICKS_PER_MINUTE = 600_000_000n;
const MINUTES_OF_SEVEN_YEARS = 3_681_360;
const REGIONS = ['EMEA', 'APAC', 'AMERICAS', 'LATAM', 'DACH'];

/** The sandbox's table SALES.TRANSACTIONS, by the rules of its own values; the seed changes nothing. */
export const TRANSACTIONS: WorkloadDefinition = {
  name: 'TRANSACTIONS',
  summary: 'the 8 columns of SALES.TRANSACTIONS in the sandbox, skewed and with NULLs as there',
  defaultRows: 700_000,
  columns: [
    column('TRANSACTION_ID', BIGINT, ({ row }) => row),
    column('POSTED_AT', TIMESTAMP, ({ row }) => {
      const minute = BigInt(row % MINUTES_OF_SEVEN_YEARS) * TICKS_PER_MINUTE;
      return LONGDATE_2019 + minute + BigInt((row * 37) % 1_000_000) * 10n;
    }),
    column(
      'FISCAL_YEAR',
      INTEGER,
      ({ row }) => 2019 + Math.floor((row % MINUTES_OF_SEVEN_YEARS) / 525_600),
    ),
    column('SALES_REGION', nvarchar(20), ({ row }) => REGIONS[row % REGIONS.length] ?? null),
    column('CUSTOMER', nvarchar(80), ({ row }) => customer(row)),
    column('NET_AMOUNT', fixed8(15, 2), ({ row }) =>
      row % 97 === 0 ? null : ((row * 7919) % 10_000_000) - 250_000,
    ),
    column('QUANTITY', DOUBLE, ({ row }) => (row % 101 === 0 ? null : (row % 100) / 4)),
    column('NOTE', nvarchar(200), ({ row }) =>
      row % 2 === 1 ? null : `Order ${row}, terms net ${14 + (row % 3) * 15} days`,
    ),
  ],
};

function customer(row: number): string {
  const number = (row * 7919) % 5000;
  if (row % 3 === 0) return 'Müller & Söhne GmbH';
  if (number === 17) return 'Café 😀 Zürich AG';
  return `Customer ${String(number).padStart(5, '0')} Ltd`;
}
