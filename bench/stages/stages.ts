import type { Stage } from '../stage.ts';
import { decodeStage } from './decode.ts';
import { dogetStage } from './doget.ts';
import { endToEndStage } from './end-to-end.ts';
import { firstBatchStage } from './first-batch.ts';
import { ingestStage } from './ingest.ts';
import { ipcStage } from './ipc.ts';
import { lanesStage } from './lanes.ts';
import { memoryStage } from './memory.ts';
import { partitionedStage } from './partitioned.ts';
import { planningStage } from './planning.ts';

/** Every stage, in the order in which bytes meet them; a new one is a file and an entry here. */
export const STAGES: readonly Stage[] = [
  decodeStage,
  ipcStage,
  dogetStage,
  endToEndStage,
  lanesStage,
  partitionedStage,
  firstBatchStage,
  planningStage,
  ingestStage,
  memoryStage,
];
