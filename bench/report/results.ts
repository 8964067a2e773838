import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Verdict } from '../bars.ts';
import type { FigureGroup } from '../figures.ts';
import type { Machine } from '../machine.ts';
import { barChart } from './bar-chart.ts';

/** All that is known of one run of a stage. */
export interface Results {
  readonly stage: string;
  readonly workload: string;
  readonly machine: Machine;
  readonly options: Readonly<Record<string, unknown>>;
  readonly groups: readonly FigureGroup[];
  readonly verdicts: readonly Verdict[];
}

const FOLDER = fileURLToPath(new URL('../results/', import.meta.url));

/** Writes a stage's results as JSON and, a chart for each group, as SVG. @returns the paths. */
export function saveResults(results: Results): readonly string[] {
  mkdirSync(FOLDER, { recursive: true });
  const { stage, workload, machine, groups } = results;
  const base = join(FOLDER, workload === '' ? stage : `${stage}-${workload}`);
  const { date, commit, cpu, cores } = machine;
  const footer = `${date.slice(0, 10)}, commit ${commit}, ${cpu}, ${cores} cores`;
  const charts = groups.map((group, index) => {
    const heading = [stage, workload, group.title].filter((text) => text !== '').join(': ');
    return {
      path: `${base}${groups.length === 1 ? '' : `-${index + 1}`}.svg`,
      text: barChart(heading, group, footer),
    };
  });
  const files = [
    { path: `${base}.json`, text: `${JSON.stringify(results, rounded, 2)}\n` },
    ...charts,
  ];
  for (const { path, text } of files) writeFileSync(path, text);
  return files.map(({ path }) => path);
}

/** Digits behind those that a measurement has are noise, and make a file hard to read. */
function rounded(_name: string, value: unknown): unknown {
  const isFraction = typeof value === 'number' && !Number.isInteger(value);
  return isFraction ? Number(value.toPrecision(5)) : value;
}
