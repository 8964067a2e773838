import type { ArrowBatch } from '../../src/arrow/batch.ts';
import type { ArrowSchema } from '../../src/arrow/types.ts';
import { compileDecoder } from '../../src/driver/columnar/result-decoder.ts';
import { packetsOf, type Workload } from '../workloads/workload.ts';

/** The most rows that HANA gives at a time. */
const ROWS_PER_PACKET = 32_767;

/** Batches in memory, cut as hana-flight cuts them. */
export interface PrebuiltBatches {
  readonly schema: ArrowSchema;
  readonly batches: readonly ArrowBatch[];
  /** Of their buffers. */
  readonly byteCount: number;
}

export function prebuiltBatches(workload: Workload): PrebuiltBatches {
  const decoder = compileDecoder(workload.columns);
  const batches: ArrowBatch[] = [];
  for (const packet of packetsOf(workload, ROWS_PER_PACKET)) {
    for (const { batch } of decoder.decode(packet)) batches.push(batch);
  }
  const rest = decoder.finish();
  if (rest !== undefined) batches.push(rest.batch);
  const buffers = batches.flatMap((batch) => batch.buffers);
  const byteCount = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  return { schema: decoder.schema, batches, byteCount };
}
