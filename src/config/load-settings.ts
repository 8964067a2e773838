import { suggestion } from '../core/nearest-name.ts';
import { type Command, environmentName, flagName, isOurVariable } from './setting.ts';
import { namesOf, SETTING_NAMES, type SettingName, type Settings, settingRow } from './settings.ts';
import { readSettingsFile } from './settings-file.ts';
import { UsageError } from './usage-error.ts';

/** Variable with the path of a settings file, for when `--config` is not given. */
export const CONFIG_VARIABLE = 'HANA_FLIGHT_CONFIG';

/** What the caller of a command said, each as the text it was given as. */
export interface SettingSources {
  /** Flags by setting name; undefined counts as absent. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Value of `--config`. */
  readonly configFile?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

interface Found {
  readonly raw: unknown;
  /** Names the place for an error text: `--pool-max`, a variable, a file. */
  readonly origin: string;
}

/**
 * Settles every setting of a command: flag over variable over file over default.
 * @throws UsageError for an unknown name (with the nearest known one) or a value that is not of its kind.
 */
export function loadSettings<C extends Command>(command: C, sources: SettingSources): Settings<C> {
  const environment = sources.environment ?? process.env;
  refuseUnknownVariables(environment);
  const path = sources.configFile ?? (environment[CONFIG_VARIABLE] || undefined);
  const file = path === undefined ? new Map<SettingName, unknown>() : readSettingsFile(path);

  const find = (name: SettingName): Found | undefined => {
    const flag = sources.flags[name];
    if (flag !== undefined) return { raw: flag, origin: `--${flagName(name)}` };
    const variable = environmentName(name);
    const inherited = environment[variable];
    if (inherited !== undefined && isOurVariable(variable, inherited)) {
      return { raw: inherited, origin: variable };
    }
    if (!file.has(name)) return undefined;
    return { raw: file.get(name), origin: `settings file ${path}: ${flagName(name)}` };
  };
  const values = namesOf(command).map((name) => [name, settle(name, find(name))]);
  // Each value was parsed by the schema of its own row; the index type of a table cannot say so.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.freeze(Object.fromEntries(values)) as Settings<C>;
}

function settle(name: SettingName, found: Found | undefined): unknown {
  const row = settingRow(name);
  if (found === undefined) return Object.freeze(row.default);
  const result = row.kind.schema.safeParse(found.raw);
  if (result.success) return Object.freeze(result.data);
  const expected = result.error.issues[0]?.message ?? 'expected another value';
  throw new UsageError(`${found.origin}: ${expected}${whatCame(row.kind.syntax, found.raw)}`);
}

/** Says what was given, unless it might be a secret pasted into the wrong place. */
function whatCame(syntax: string | undefined, raw: unknown): string {
  const printable = syntax !== 'TEXT' && syntax !== 'URL';
  return printable ? `, got ${JSON.stringify(raw)}` : '';
}

function refuseUnknownVariables(environment: Readonly<Record<string, string | undefined>>): void {
  const known = [CONFIG_VARIABLE, ...SETTING_NAMES.map(environmentName)];
  for (const [name, value] of Object.entries(environment)) {
    if (isOurVariable(name, value ?? '') && !known.includes(name)) {
      throw new UsageError(`unknown variable ${name}${suggestion(name, known)}`);
    }
  }
}
