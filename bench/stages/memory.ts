import { readFileSync } from 'node:fs';
import { setInterval } from 'node:timers';
import { type Figure, type FigureGroup, spreadOf } from '../figures.ts';
import { replayParts } from '../replay/replay-query.ts';
import { startReplayServer } from '../replay/replay-server.ts';
import { Resources } from '../resources.ts';
import { ServeProcess } from '../serve-process.ts';
import type { Stage, StageOptions } from '../stage.ts';
import { interleave } from '../timing.ts';
import { startAdbc } from './readers.ts';

const ENDPOINTS = 8;
/** So many times the rows of the small read has the large one. */
const TIMES = 100;
const SAMPLE_INTERVAL_MS = 100;
/** A fresh server each: what one has once taken, it may keep. */
const SERVERS = 3;

/** What reading a result took of a server that had read nothing before. */
interface Course {
  readonly group: FigureGroup;
  readonly peakMiB: number;
  readonly samplesMiB: readonly number[];
}

/** `npm run bench -- memory`: the same server memory for a hundred times the rows. */
export const memoryStage: Stage = {
  name: 'memory',
  summary: `resident memory of the server over ${ENDPOINTS} endpoints: some rows, and ${TIMES} times as many`,
  takesWorkload: true,
  short: { rows: 50_000, rounds: 1 },
  rows: 1_000_000,
  run: async (options) => {
    if (process.platform !== 'linux') {
      throw new Error('memory: it needs /proc, which only Linux has');
    }
    return [await run(options)];
  },
};

async function run(options: StageOptions): Promise<FigureGroup> {
  const servers = Math.min(options.rounds, SERVERS);
  const few: Course[] = [];
  const many: Course[] = [];
  for (let server = 0; server < servers; server++) {
    few.push(await courseOf(1, options));
    many.push(await courseOf(TIMES, options));
  }
  return {
    title: `${servers} fresh servers each`,
    measure: 'memory',
    baseline: 'few rows',
    bytesOf: 'HANA',
    checked: 'the row count of every run',
    figures: [summary('few rows', few), summary('many rows', many)],
    skipped: [],
    series: {
      [`few rows, MiB every ${SAMPLE_INTERVAL_MS} ms`]: few[0]?.samplesMiB ?? [],
      [`many rows, MiB every ${SAMPLE_INTERVAL_MS} ms`]: many[0]?.samplesMiB ?? [],
    },
  };
}

function courseOf(
  times: number,
  { workload, rows, seed, profileFolder }: StageOptions,
): Promise<Course> {
  return Resources.during(async (resources) => {
    const hana = await startReplayServer({ workload: workload.name, rows, seed });
    resources.add(hana, (each) => each.close());
    const flags = ['--hana', `hdbsql://${hana.host}:${hana.port}`];
    const server = await ServeProcess.start({ flags, profileFolder });
    resources.add(server, (each) => each.stop());
    const reader = await startAdbc('ADBC', server, resources);
    const samplesMiB: number[] = [];
    const sampling = setInterval(
      () => samplesMiB.push(statusMiB(server.pid, 'VmRSS')),
      SAMPLE_INTERVAL_MS,
    );
    resources.add(sampling, (each) => clearInterval(each));
    const name = 'hana-flight, ADBC';
    const processes = { server: server.pid, client: reader.pid, HANA: hana.pid };
    const sql = replayParts(workload.name, ENDPOINTS, times);
    const contenders = [{ name, processes, run: () => reader.read(sql) }];
    const group = await interleave(contenders, {
      title: '',
      rounds: 1,
      warmUpRounds: 0,
      baseline: name,
      rows: rows * times,
      bytes: hana.byteCount * times,
      bytesOf: 'HANA',
      checked: 'the row count of every run',
    });
    return { group, peakMiB: statusMiB(server.pid, 'VmHWM'), samplesMiB };
  });
}

function summary(name: string, courses: readonly Course[]): Figure {
  const figure = courses[0]?.group.figures[0];
  if (figure === undefined) throw new Error(`${name}: nothing was read`);
  const rounds = courses.flatMap(({ group }) => group.figures[0]?.rounds ?? []);
  const none = { median: Number.NaN, lowest: Number.NaN, highest: Number.NaN };
  return {
    ...figure,
    name,
    rounds,
    milliseconds: spreadOf(rounds),
    ratio: none,
    peakMiB: spreadOf(courses.map(({ peakMiB }) => peakMiB)),
  };
}

/** A field of the kernel's account of a process. */
function statusMiB(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status);
  if (match === null) throw new Error(`no ${field} in the status of process ${pid}`);
  return Number(match[1]) / 1024;
}
