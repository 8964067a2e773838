import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** Where and of what the figures were made: without it they mean nothing. */
export interface Machine {
  readonly date: string;
  /** Of the sources; `-dirty` behind it when they were changed since. */
  readonly commit: string;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Processes that wanted to run in the last minute before the first round: figures of a busy machine are noise. */
  readonly loadBefore: number;
}

export function machineFacts(): Machine {
  return {
    date: new Date().toISOString(),
    commit: commitOf(import.meta.dirname),
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

function commitOf(folder: string): string {
  const args = ['describe', '--always', '--abbrev=12', '--dirty', '--exclude=*'];
  const { status, stdout } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'unknown';
}
