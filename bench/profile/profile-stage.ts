import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stage, StageOptions } from '../stage.ts';
import { type FunctionTime, functionTimes, readProfiles } from './cpu-profile.ts';

const FUNCTIONS_SHOWN = 30;
const LEAST_SHARE = 0.002;

/**
 * Runs a stage with the contenders of hana-flight alone and tells where its processor time went: in this
 * process, or in the servers that the stage starts.
 */
export async function profileStage(stage: Stage, options: StageOptions): Promise<string> {
  const profileFolder = mkdtempSync(join(tmpdir(), 'hana-flight-profile-'));
  await stage.run({ ...options, only: 'hana-flight', profileFolder });
  const times = functionTimes(readProfiles(profileFolder));
  return `${reportOf(times)}\nprofiles for Chrome's DevTools: ${profileFolder}\n`;
}

function reportOf(times: readonly FunctionTime[]): string {
  const total = sumOf(times);
  const share = (milliseconds: number) =>
    `${((100 * milliseconds) / total).toFixed(1)} %`.padStart(7);
  const folders = [...new Set(times.map(({ folder }) => folder))]
    .map((folder) => ({
      folder,
      milliseconds: sumOf(times.filter((each) => each.folder === folder)),
    }))
    .filter(({ milliseconds }) => milliseconds / total >= LEAST_SHARE)
    .toSorted((a, b) => b.milliseconds - a.milliseconds);
  const functions = times.slice(0, FUNCTIONS_SHOWN);
  return [
    `processor time ${(total / 1000).toFixed(2)} s, without idle time`,
    '',
    ...folders.map(({ folder, milliseconds }) => `${share(milliseconds)}  ${folder}`),
    '',
    ...functions.map(
      ({ folder, name, milliseconds }) => `${share(milliseconds)}  ${name} (${folder})`,
    ),
    '',
  ].join('\n');
}

function sumOf(times: readonly FunctionTime[]): number {
  return times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}
