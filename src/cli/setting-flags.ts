import { type Command, Option } from 'commander';
import { loadSettings } from '../config/load-settings.ts';
import { type Command as CommandName, flagName, printDefault } from '../config/setting.ts';
import { namesOf, type SettingName, type Settings, settingRow } from '../config/settings.ts';

/** Gives a command the flags of its settings, and `--config`. */
export function addSettingFlags(command: Command, name: CommandName): Command {
  for (const setting of namesOf(name)) {
    if (settingRow(setting).environmentOnly !== true) command.addOption(flagOf(setting));
  }
  return command.option('--config <FILE>', 'JSON file with settings');
}

/** Settles the settings of a command whose flags were parsed. Throws UsageError. */
export function settingsOf<C extends CommandName>(command: Command, name: C): Settings<C> {
  const { config, ...flags } = command.opts();
  return loadSettings(name, {
    flags,
    configFile: config === undefined ? undefined : String(config),
  });
}

function flagOf(name: SettingName): Option {
  const row = settingRow(name);
  const value = row.kind.syntax === undefined ? '' : ` <${row.kind.syntax}>`;
  const short = row.short === undefined ? '' : `-${row.short}, `;
  const written = printDefault(row);
  const hint = written === undefined || written === 'false' ? '' : ` (default: ${written})`;
  return new Option(`${short}--${flagName(name)}${value}`, plainText(row.doc) + hint);
}

/** Help texts are read in a terminal, where the marks of the documentation mean nothing. */
function plainText(doc: string): string {
  return doc.replaceAll('`', '');
}
