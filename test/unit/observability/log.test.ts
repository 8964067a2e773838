import { describe, expect, test } from 'vitest';
import { HanaFlightError } from '../../../src/core/errors.ts';
import { createLog, type LogOptions } from '../../../src/observability/log.ts';

function logged(options: Partial<LogOptions>, fields: object, message = 'said'): string {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  createLog({ level: 'info', sqlText: false, plain: false, stream, ...options }).info(
    fields,
    message,
  );
  return lines.join('');
}

const refusal = new HanaFlightError('not-found', "could not find table 'PATIENTS'", {
  hana: { code: 259, sqlState: 'HY000', position: 14 },
});

describe('what must not show', () => {
  test.each(['password', 'token', 'ticket', 'authorization', 'secret', 'credentials'])(
    '%s is masked, at the top and one level down, even when SQL text may show',
    (field) => {
      const line = logged({ sqlText: true }, { [field]: 'geheim', call: { [field]: 'geheim' } });
      expect(line).not.toContain('geheim');
      expect(line.match(/\*\*\*/g)).toHaveLength(2);
    },
  );

  test("SQL text and HANA's words about it are left out, its numbers are kept", () => {
    const line = logged({}, { sql: 'SELECT * FROM PATIENTS', parameters: ['x'], err: refusal });
    expect(line).not.toContain('PATIENTS');
    expect(JSON.parse(line)).toMatchObject({
      level: 'info',
      msg: 'said',
      err: { code: 'not-found', hana: { code: 259, position: 14 } },
    });
  });

  test('SQL text shows when the dangerous setting is on', () => {
    const line = logged({ sqlText: true }, { sql: 'SELECT * FROM PATIENTS', err: refusal });
    expect(JSON.parse(line)).toMatchObject({
      sql: 'SELECT * FROM PATIENTS',
      err: { message: "could not find table 'PATIENTS'" },
    });
  });
});

test('an error of our own is logged with its causes', () => {
  const cause = new HanaFlightError('unavailable', 'the socket closed', {
    cause: new Error('reset'),
  });
  const line = logged({}, { err: new HanaFlightError('unavailable', 'no HANA', { cause }) });
  expect(JSON.parse(line)).toMatchObject({
    err: {
      message: 'no HANA',
      cause: { message: 'the socket closed', cause: { message: 'reset' } },
    },
  });
});

test('for a terminal a line reads time, level, text, fields', () => {
  const line = logged({ plain: true }, { port: 32010 }, 'listening');
  expect(line).toMatch(/^\d\d:\d\d:\d\d INFO  listening port=32010\n$/);
});
