import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { decodeStage } from './decode.ts';
import { ingestStage } from './ingest.ts';
import { machineFacts } from './machine.ts';
import type { Figure, Stage, StageOptions } from './stage.ts';

/** Every stage; a new one is a file and a line here. */
const STAGES: readonly Stage[] = [decodeStage, ingestStage];

const USAGE = `usage: npm run bench -- STAGE [--rows N] [--rounds N] [--seed N] [--hdbcli] [--json FILE]

${STAGES.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`).join('\n')}
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '7' },
    seed: { type: 'string', default: '20260101' },
    hdbcli: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

const stage = STAGES.find(({ name }) => name === positionals[0]);
if (stage === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  const { rows, rounds, seed, hdbcli } = values;
  await report(stage, { rows: Number(rows), rounds: Number(rounds), seed: Number(seed), hdbcli });
}

async function report(chosen: Stage, options: StageOptions): Promise<void> {
  const machine = machineFacts();
  write(`${chosen.name}: ${chosen.summary}`);
  write(
    Object.entries(machine)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  );
  write(
    Object.entries(options)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  );
  const figures = await chosen.run(options);
  write('results equal: yes\n');
  const width = Math.max(...figures.map(({ name }) => name.length));
  write(`${''.padEnd(width)}  M rows/s   MB/s      ms   ratio`);
  for (const figure of figures) write(line(figure, width));
  if (values.json !== undefined) {
    writeFileSync(
      values.json,
      `${JSON.stringify({ stage: chosen.name, machine, options, figures }, null, 2)}\n`,
    );
  }
}

function line(
  { name, rowsPerSecond, megabytesPerSecond, milliseconds, ratio }: Figure,
  width: number,
) {
  const columns = [
    (rowsPerSecond / 1e6).toFixed(3).padStart(8),
    megabytesPerSecond.toFixed(0).padStart(6),
    milliseconds.toFixed(0).padStart(7),
    `${ratio.toFixed(1)}x`.padStart(7),
  ];
  return `${name.padEnd(width)}  ${columns.join(' ')}`;
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}
