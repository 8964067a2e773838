import { expect, test } from 'vitest';
import {
  type RegisteredSession,
  SessionRegistry,
  type SessionSnapshot,
} from '../../../src/sandbox/session-registry.ts';
import { prepareSessionStatement } from '../../../src/sandbox/session-statements.ts';

function recorder(user = 'DEMO') {
  const calls: string[] = [];
  const registry = new SessionRegistry();
  const session: RegisteredSession = {
    connectionId: 42,
    snapshot: () => ({ connectionId: 42, user: 'DEMO' }) as SessionSnapshot,
    cancel: () => void calls.push('cancel'),
    disconnect: () => void calls.push('disconnect'),
  };
  registry.add(session);
  const actions = {
    registry,
    user,
    commit: async () => void calls.push('commit'),
    rollback: async () => void calls.push('rollback'),
  };
  return { calls, actions };
}

test.each([
  ['COMMIT', 'commit'],
  ['commit work ;', 'commit'],
  ['-- at the end\nrollback', 'rollback'],
  ['/* a */ ROLLBACK /* b */ WORK', 'rollback'],
  ["ALTER SYSTEM CANCEL SESSION '42'", 'cancel'],
  ["alter system cancel work in session '42'", 'cancel'],
  ['ALTER SYSTEM CANCEL SESSION 42', 'cancel'],
  ["ALTER SYSTEM DISCONNECT SESSION '42'", 'disconnect'],
])('%s is done by the server', async (sql, call) => {
  const { calls, actions } = recorder();
  const outcome = await prepareSessionStatement(sql, actions)?.execute([[]], true);
  expect(calls).toEqual([call]);
  // Function code 1: node-hdb fails on 11 and 12 after an SQL text.
  expect(outcome).toEqual({ kind: 'count', functionCode: 1, affectedRows: [0] });
});

test.each([
  'SELECT 1 FROM DUMMY',
  'COMMIT TRANSACTION NOW',
  "SELECT 'COMMIT' FROM DUMMY",
  'ROLLBACK TO SAVEPOINT A',
  "ALTER SYSTEM CANCEL SESSION '42' AND MORE",
  `COMMIT ${' '.repeat(2000)}`,
])('%s is left to the engine', (sql) => {
  expect(prepareSessionStatement(sql, recorder().actions)).toBeUndefined();
});

test('a session that does not exist is error 729', async () => {
  const statement = prepareSessionStatement("ALTER SYSTEM CANCEL SESSION '7'", recorder().actions);
  await expect(statement?.execute([[]], true)).rejects.toMatchObject({ code: 729 });
});

test.each([
  ['SYSTEM', ['cancel']],
  ['DEMO', ['cancel']],
  ['OTHER', []],
])('%s cancels a session of DEMO: %s', async (user, cancelled) => {
  const { calls, actions } = recorder(user);
  const statement = prepareSessionStatement("ALTER SYSTEM CANCEL SESSION '42'", actions);
  const error = await statement?.execute([[]], true).catch((thrown: unknown) => thrown);
  expect(calls).toEqual(cancelled);
  if (cancelled.length === 0) expect(error).toMatchObject({ code: 258 });
});
