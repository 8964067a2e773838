import { readFileSync } from 'node:fs';
import { suggestion } from '../core/nearest-name.ts';
import { flagName } from './setting.ts';
import { SETTING_NAMES, type SettingName, settingRow } from './settings.ts';
import { UsageError } from './usage-error.ts';

/**
 * Reads a settings file: one JSON object whose keys are flags without their dashes, as in
 * `{"listen": "0.0.0.0:32010", "pool-max": 16}`. It may name settings of any command, so one file serves
 * all of them.
 * @throws UsageError when it cannot be read, is no JSON object, or names an unknown setting.
 */
export function readSettingsFile(path: string): ReadonlyMap<SettingName, unknown> {
  const entries = Object.entries(parseObject(path, readText(path)));
  return new Map(entries.map(([key, value]) => [knownName(path, key), value]));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`settings file ${path}: cannot be read: ${reason}`, cause);
  }
}

function parseObject(path: string, json: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`settings file ${path}: expected JSON: ${reason}`, cause);
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new UsageError(`settings file ${path}: expected one JSON object of settings`);
}

function knownName(path: string, key: string): SettingName {
  const allowed = SETTING_NAMES.filter((name) => settingRow(name).environmentOnly !== true);
  const name = allowed.find((candidate) => flagName(candidate) === key);
  if (name !== undefined) return name;
  throw new UsageError(
    `settings file ${path}: unknown setting '${key}'${suggestion(key, allowed.map(flagName))}`,
  );
}
