import { describe, expect, test } from 'vitest';
import { environmentName, flagName, printDefault } from '../../../src/config/setting.ts';
import { SETTING_NAMES, settingRow } from '../../../src/config/settings.ts';

describe.each(SETTING_NAMES)('%s', (name) => {
  const row = settingRow(name);

  test('has a default that its own kind prints and reads back', () => {
    const text = printDefault(row);
    const read = text === undefined ? undefined : row.kind.schema.parse(text);
    expect(read).toEqual(row.default);
  });

  test('is described by sentences and used by a command', () => {
    expect(row.doc).toMatch(/^[A-Z].*\.$/s);
    expect(row.commands.length).toBeGreaterThan(0);
  });
});

test('names of flags and variables follow from the name of the setting', () => {
  expect(flagName('logSqlTextDangerously')).toBe('log-sql-text-dangerously');
  expect(environmentName('poolMax')).toBe('HANA_FLIGHT_POOL_MAX');
});
