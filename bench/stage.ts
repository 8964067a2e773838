import type { FigureGroup } from './figures.ts';
import type { WorkloadDefinition } from './workloads/workload.ts';

/** What every stage is told. */
export interface StageOptions {
  readonly workload: WorkloadDefinition;
  readonly rows: number;
  readonly rounds: number;
  readonly seed: number;
  /** Measure every peer whose toolchain is there; SAP's Python client is fetched for it. */
  readonly peers: boolean;
  /** Measure only contenders whose name has this text in it; for profiles. */
  readonly only?: string | undefined;
  /** Folder for the CPU profiles of what the stage is about: this process, or the servers that it starts. */
  readonly profileFolder?: string | undefined;
}

/** One subject of measurement: `npm run bench -- NAME`. */
export interface Stage {
  readonly name: string;
  readonly summary: string;
  /** False for one whose rows are its own, whatever workload is asked for. */
  readonly takesWorkload: boolean;
  /** Rows and rounds of the short form, which runs every stage. */
  readonly short: { readonly rows: number; readonly rounds: number };
  /** Rows when nobody says how many; absent: those of the workload. */
  readonly rows?: number;
  readonly run: (options: StageOptions) => Promise<readonly FigureGroup[]>;
}
