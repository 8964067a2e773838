import { expect, test } from 'vitest';
import { MessageType } from '../../../src/driver/wire/message-type.ts';
import { encodeClientInfo } from '../../../src/driver/wire/parts/client-info.ts';
import { encodeCommand } from '../../../src/driver/wire/parts/command.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { openSessionTrace } from '../../../src/sandbox/trace.ts';
import { ScriptedEngine } from '../../support/scripted-engine.ts';
import { rawPart, WireClient } from '../../support/wire-client.ts';

async function traced(talk: (client: WireClient) => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const server = await startSandbox({
    engine: new ScriptedEngine({}),
    trace: (line) => lines.push(line),
  });
  try {
    const client = await WireClient.logOn(server.port);
    await talk(client);
  } finally {
    await server.close();
  }
  return lines;
}

test('a query is shown request and reply, part by part', async () => {
  const lines = await traced((client) => client.execute('SELECT 1 FROM DUMMY'));
  const from = lines.findIndex((line) => line.includes('EXECUTEDIRECT'));
  expect(lines.slice(from, from + 6)).toEqual([
    '#200001 -> EXECUTEDIRECT 2, autocommit, options 0x08, 96 bytes',
    '#200001 ->   COMMAND x1, 19 bytes: "SELECT 1 FROM DUMMY"',
    '#200001 <- SELECT 2, session 200001, 152 bytes',
    '#200001 <-   RESULTSETMETADATA x1, 26 bytes: 1 INT(10,0) NOT NULL',
    '#200001 <-   RESULTSETID x1, 8 bytes: 1',
    '#200001 <-   RESULTSET x1 LAST_PACKET RESULTSET_CLOSED, 5 bytes: 0101000000',
  ]);
});

test('a logon is shown without challenge, salt or proof', async () => {
  const lines = await traced((client) => client.request(MessageType.CLIENT_PING));
  expect(lines.filter((line) => line.includes('AUTHENTICATION'))).toEqual([
    '#200001 ->   AUTHENTICATION x1, 90 bytes: "DEMO" "SCRAMPBKDF2SHA256" <64 bytes>',
    '#200001 <-   AUTHENTICATION x1, 94 bytes: "SCRAMPBKDF2SHA256" <73 bytes>',
    '#200001 ->   AUTHENTICATION x1, 61 bytes: "DEMO" "SCRAMPBKDF2SHA256" <35 bytes>',
    '#200001 <-   AUTHENTICATION x1, 56 bytes: "SCRAMPBKDF2SHA256" <35 bytes>',
  ]);
  expect(lines.find((line) => line.includes('CONNECTOPTIONS'))).toContain(
    'DATA_FORMAT_VERSION=8 DATA_FORMAT_VERSION2=8',
  );
});

test.each([
  ['CREATE USER A PASSWORD "Secret1" NO FORCE', '"CREATE USER A PASSWORD *** NO FORCE"'],
  ["connect A password 'Se''cret1'", '"connect A password ***"'],
  ['ALTER USER A PASSWORD Secret1', '"ALTER USER A PASSWORD ***"'],
])('the password in %s is not shown', async (sql, shown) => {
  const lines = await traced((client) => client.execute(sql));
  expect(lines.find((line) => line.includes('COMMAND'))).toContain(shown);
  expect(lines.join('\n')).not.toContain('Secret1"');
});

test('ids nobody knows, and bytes that do not decode, are marked', async () => {
  const lines = await traced((client) =>
    client.request(99, [
      rawPart(101, Buffer.from('beef', 'hex')),
      rawPart(57, Buffer.from([9])),
      encodeClientInfo(new Map([['A', 'line\nbreak']])),
    ]),
  );
  const from = lines.findIndex((line) => line.includes('?? 99 ??'));
  expect(lines.slice(from, from + 4)).toEqual([
    '#200001 -> ?? 99 ?? 2, autocommit, options 0x08, 136 bytes',
    '#200001 ->   ?? 101 ?? x1, 2 bytes: beef',
    '#200001 ->   CLIENTINFO x1, 1 bytes: ?? HanaFlightError: CLIENTINFO part: ' +
      'expected 9 bytes for variable name, 0 left, at offset 1: 09 ??',
    String.raw`#200001 ->   CLIENTINFO x2, 13 bytes: A="line\nbreak"`,
  ]);
});

test('a packet that does not decode is shown as it is', () => {
  const lines: string[] = [];
  openSessionTrace(7, (line) => lines.push(line)).request(Buffer.alloc(100, 1));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^#7 -> \?\? HanaFlightError: request: .*: (01){48}… \?\?$/);
});

test('a long text is cut, a whole conversation is one line per part', async () => {
  const lines = await traced((client) =>
    client.request(MessageType.PREPARE, [encodeCommand('x'.repeat(5000))]),
  );
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(2200);
  expect(lines.every((line) => /^#200001 (->|<-|--) /.test(line))).toBe(true);
});
