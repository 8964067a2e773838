import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What V8 writes to a `.cpuprofile`: the part that is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples?: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas?: readonly number[];
}

/** Time spent in a function itself, not in what it calls. */
export interface FunctionTime {
  readonly folder: string;
  readonly name: string;
  readonly milliseconds: number;
}

/** What V8 counts although nothing ran, and the profiler itself. */
const NOT_COUNTED: ReadonlySet<string> = new Set(['(idle)', 'dispatch']);
const MICROSECONDS_PER_MILLISECOND = 1000;

/** All profiles of a folder, one for each thread of each process. */
export function readProfiles(folder: string): readonly CpuProfile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile);
}

/** Self times by function, the longest first; idle time is left out. */
export function functionTimes(profiles: readonly CpuProfile[]): readonly FunctionTime[] {
  const times = new Map<string, FunctionTime>();
  for (const { nodes, samples = [], timeDeltas = [] } of profiles) {
    const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
    for (const [index, id] of samples.entries()) {
      const frame = frames.get(id);
      if (frame === undefined || (frame.url === '' && NOT_COUNTED.has(frame.functionName)))
        continue;
      const folder = folderOf(frame.url);
      const name = `${frame.functionName || '(anonymous)'}${placeOf(frame.url, frame.lineNumber)}`;
      const key = `${folder} ${name}`;
      const before = times.get(key)?.milliseconds ?? 0;
      const milliseconds = before + (timeDeltas[index] ?? 0) / MICROSECONDS_PER_MILLISECOND;
      times.set(key, { folder, name, milliseconds });
    }
  }
  return [...times.values()].toSorted((a, b) => b.milliseconds - a.milliseconds);
}

/** `driver/columnar` of our own code, `node_modules/hdb` of others', `node` of what Node brings. */
export function folderOf(url: string): string {
  const [, dependency] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (dependency !== undefined) return `node_modules/${dependency}`;
  const [, ours] = /\/(?:dist|src)\/(.+)\/[^/]+$/.exec(url) ?? [];
  if (ours !== undefined) return ours;
  if (url.startsWith('node:')) return 'node';
  return url === '' ? 'V8 and native code' : 'bench';
}

function placeOf(url: string, lineNumber: number): string {
  const file = url.slice(url.lastIndexOf('/') + 1);
  // What was compiled on the fly has all of its code in the first line.
  const line = lineNumber === 0 ? '' : `:${lineNumber + 1}`;
  return file === '' ? '' : ` ${file}${line}`;
}
