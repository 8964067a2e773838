import { asciiNvarchar, BIGINT, DOUBLE, fixed8, INTEGER, TIMESTAMP } from './column-kinds.ts';
import { column, sparse, type WorkloadDefinition } from './workload.ts';

/** 2000-01-01 as LONGDATE. */
const LONGDATE_2000 = 630_823_680_000_000_001n;
const TICKS_PER_MINUTE = 600_000_000n;

/** Six columns of six types, some 55 bytes a row. */
export const NARROW: WorkloadDefinition = {
  name: 'NARROW',
  summary: 'BIGINT, INTEGER, DOUBLE, NVARCHAR of about 18 bytes, TIMESTAMP, DECIMAL(15,2)',
  defaultRows: 1_000_000,
  columns: [
    column('ID', BIGINT, ({ row }) => row * 1_000_003),
    column(
      'QUANTITY',
      INTEGER,
      sparse((number) => number | 0),
    ),
    column('WEIGHT', DOUBLE, (numbers) => numbers.next() / 1024),
    column(
      'CUSTOMER',
      asciiNvarchar(80),
      sparse((number) => `customer ${number % 1_000_000_000}`),
    ),
    column('POSTED_AT', TIMESTAMP, (numbers) => {
      const minute = BigInt(numbers.next() % 12_000_000);
      return LONGDATE_2000 + minute * TICKS_PER_MINUTE + BigInt(numbers.row % 1000) * 10n;
    }),
    column(
      'AMOUNT',
      fixed8(15, 2),
      sparse((number) => number - 2_000_000_000),
    ),
  ],
};
