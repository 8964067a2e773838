import { parseArgs } from 'node:util';
import { verdictsOn } from './bars.ts';
import { DEMO } from './credentials.ts';
import { machineFacts } from './machine.ts';
import { profileStage } from './profile/profile-stage.ts';
import { replaySql } from './replay/replay-query.ts';
import { startReplayServer } from './replay/replay-server.ts';
import { saveResults } from './report/results.ts';
import { tableOf, verdictLines } from './report/table.ts';
import type { Stage, StageOptions } from './stage.ts';
import { STAGES } from './stages/stages.ts';
import { findWorkload, WORKLOADS } from './workloads/workloads.ts';

const DEFAULT_ROUNDS = 7;
const PROFILED_ROUNDS = 3;

const list = (entries: readonly { readonly name: string; readonly summary: string }[]): string =>
  entries.map(({ name, summary }) => `  ${name.toLowerCase().padEnd(14)}${summary}`).join('\n');

const USAGE = `usage: npm run bench                     the short form of every stage
       npm run bench -- STAGE [flags]
       npm run bench -- profile STAGE [flags]
       npm run bench -- replay [flags]     a HANA with rows in memory, until interrupted

stages
${list(STAGES)}

flags
  --workload W  rows to read (narrow)
  --rows N      how many (a stage or its workload knows)
  --rounds N    rounds that are counted (${DEFAULT_ROUNDS})
  --seed N
  --peers       measure every peer whose toolchain is there; fetches SAP's Python client
  --only TEXT   only contenders with this text in their names
  --save        keep the results in bench/results/
  --bytes-per-second N   bandwidth of each connection of the replay

workloads
${list(WORKLOADS)}
`;

const { values, positionals } = readCommandLine();

const [first, second] = positionals;
const asked = first === 'profile' ? second : first;
const stage = STAGES.find(({ name }) => name === asked);
if (values.help) {
  process.stdout.write(USAGE);
} else if (first === undefined) {
  for (const each of STAGES) await run(each, each.short);
} else if (first === 'replay') {
  await replay();
} else if (stage === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else if (first === 'profile') {
  write(
    await profileStage(stage, {
      ...optionsFor(stage),
      rounds: Number(values.rounds ?? PROFILED_ROUNDS),
    }),
  );
} else {
  await run(stage);
}

/** Ends the process for flags that there are not. */
function readCommandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        workload: { type: 'string', default: 'narrow' },
        rows: { type: 'string' },
        rounds: { type: 'string' },
        seed: { type: 'string', default: '20260101' },
        peers: { type: 'boolean', default: false },
        only: { type: 'string' },
        save: { type: 'boolean', default: false },
        'bytes-per-second': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`);
    return process.exit(2);
  }
}

/** For clients that are run by hand. */
async function replay(): Promise<void> {
  const workload = findWorkload(values.workload);
  const limit = values['bytes-per-second'];
  const { host, port } = await startReplayServer({
    workload: workload.name,
    rows: Number(values.rows ?? workload.defaultRows),
    seed: Number(values.seed),
    bytesPerSecond: limit === undefined ? undefined : Number(limit),
  });
  write(`hdbsql://${host}:${port}, user ${DEMO.user}, password ${DEMO.password}`);
  write(replaySql({ workload: workload.name }));
}

/** Numbers on the command line go before those of the short form, and these before those of the stage. */
function optionsFor(chosen: Stage, short?: Stage['short']): StageOptions {
  const workload = findWorkload(values.workload);
  return {
    workload,
    rows: Number(values.rows ?? short?.rows ?? chosen.rows ?? workload.defaultRows),
    rounds: Number(values.rounds ?? short?.rounds ?? DEFAULT_ROUNDS),
    seed: Number(values.seed),
    peers: values.peers,
    only: values.only,
  };
}

async function run(chosen: Stage, short?: Stage['short']): Promise<void> {
  const options = optionsFor(chosen, short);
  const { rows, rounds, seed, peers } = options;
  const machine = machineFacts();
  const workload = chosen.takesWorkload ? options.workload.name.toLowerCase() : '';
  write(`${chosen.name}: ${chosen.summary}`);
  write(facts({ ...machine }));
  write(facts({ ...(workload === '' ? {} : { workload }), rows, rounds, seed, peers }));
  const groups = await chosen.run(options);
  const isNarrow = !chosen.takesWorkload || workload === 'narrow';
  const verdicts = isNarrow ? verdictsOn(chosen.name, groups) : [];
  write('');
  for (const group of groups) write(tableOf(group));
  write(verdictLines(verdicts));
  if (!values.save) return;
  const kept = { rows, rounds, seed, peers };
  const results = { stage: chosen.name, workload, machine, options: kept, groups, verdicts };
  for (const path of saveResults(results)) write(`kept in ${path}`);
}

function facts(record: Readonly<Record<string, unknown>>): string {
  return Object.entries(record)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}
