import { DECIMALS } from './decimals.ts';
import { LOB } from './lob.ts';
import { NARROW } from './narrow.ts';
import { STRINGS } from './strings.ts';
import { TRANSACTIONS } from './transactions.ts';
import { WIDE } from './wide.ts';
import type { WorkloadDefinition } from './workload.ts';

/** Every workload; a new one is a file and an entry here. */
export const WORKLOADS: readonly WorkloadDefinition[] = [
  NARROW,
  TRANSACTIONS,
  WIDE,
  STRINGS,
  DECIMALS,
  LOB,
];

/** @throws Error that names the workloads there are. */
export function findWorkload(name: string): WorkloadDefinition {
  const workload = WORKLOADS.find((each) => each.name === name.toUpperCase());
  if (workload !== undefined) return workload;
  const names = WORKLOADS.map((each) => each.name.toLowerCase());
  throw new Error(`workload: expected one of ${names.join(', ')}, got ${name}`);
}
