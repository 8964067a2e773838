import { BIGINT, FLOATING_DECIMAL, fixed8, fixed12, fixed16 } from './column-kinds.ts';
import { column, sparse, type WorkloadDefinition } from './workload.ts';

/** Decimals of every width, and the one that has no fixed scale. */
export const DECIMALS: WorkloadDefinition = {
  name: 'DECIMALS',
  summary: 'DECIMAL(15,2), (18,6), (27,4), (38,10), and floating DECIMAL',
  defaultRows: 700_000,
  columns: [
    column('ID', BIGINT, ({ row }) => row),
    column(
      'AMOUNT',
      fixed8(15, 2),
      sparse((number) => number - 2_000_000_000),
    ),
    column(
      'RATE',
      fixed8(18, 6),
      sparse((number) => (number - 2_000_000_000) * 1_000_003),
    ),
    column(
      'TOTAL',
      fixed12(27, 4),
      sparse((number) => (BigInt(number) - 2_000_000_000n) * 1_000_000_007n * 1_000_003n),
    ),
    column(
      'EXACT',
      fixed16(38, 10),
      sparse((number) => (BigInt(number) - 2_000_000_000n) * 1_000_000_007n ** 3n),
    ),
    column(
      'FLOATING',
      FLOATING_DECIMAL,
      sparse((number) => ({ unscaled: number - 2_000_000_000, exponent: -(number % 7) })),
    ),
  ],
};
