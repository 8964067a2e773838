import { BIGINT, BLOB, NCLOB } from './column-kinds.ts';
import { column, sparse, type WorkloadDefinition } from './workload.ts';

/**
 * LOBs that come whole with their rows, as HANA sends small ones. The rest of a larger one has to be asked
 * for by its locator, LOB by LOB: that measures round trips, and is not among the workloads.
 */
export const LOB: WorkloadDefinition = {
  name: 'LOB',
  summary: 'an NCLOB and a BLOB of up to 1 KB, inline',
  defaultRows: 60_000,
  columns: [
    column('ID', BIGINT, ({ row }) => row),
    column(
      'BODY',
      NCLOB,
      sparse((number) => `§ ${number} of the contract\n`.repeat(1 + (number % 40))),
    ),
    column(
      'SCAN',
      BLOB,
      sparse((number) => Buffer.alloc(number % 1024, number & 0xff)),
    ),
  ],
};
