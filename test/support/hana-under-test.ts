import { onTestFinished } from 'vitest';
import type { HanaCredentials } from '../../src/core/hana-credentials.ts';
import type { HanaConnection, HanaOutcome } from '../../src/driver/hana-connection.ts';
import { type ConnectOptions, connectHana } from '../../src/driver/session/connect.ts';
import { ResultSetCursor } from '../../src/driver/session/cursor.ts';
import {
  type Script,
  type ScriptedHana,
  type ScriptedHanaOptions,
  startScriptedHana,
} from './scripted-hana.ts';

export const demoCredentials: HanaCredentials = {
  kind: 'password',
  user: 'DEMO',
  password: 'Demo1234',
};

/** A scripted HANA that ends with the test. */
export async function scriptedHana(
  script: Script,
  options: ScriptedHanaOptions = {},
): Promise<ScriptedHana> {
  const hana = await startScriptedHana(script, options);
  onTestFinished(() => hana.close());
  return hana;
}

/** Logs DEMO on to a server on loopback; the connection ends with the test. */
export async function logOnTo(port: number, options: ConnectOptions = {}): Promise<HanaConnection> {
  const connection = await connectHana({ host: '127.0.0.1', port }, demoCredentials, options);
  onTestFinished(() => connection.destroy(new Error('the test is over')));
  return connection;
}

/** Logs on to a scripted HANA of its own. */
export async function logOnToScript(
  script: Script,
  options: ConnectOptions = {},
): Promise<HanaConnection> {
  return logOnTo((await scriptedHana(script)).port, options);
}

/** Executes a query. */
export async function openCursor(
  connection: HanaConnection,
  sql = 'SELECT',
): Promise<ResultSetCursor> {
  return packetCursor(await connection.execute(sql));
}

/** The rows of an outcome as HANA's bytes. */
export function packetCursor(outcome: HanaOutcome): ResultSetCursor {
  if (outcome.kind === 'rows' && outcome.cursor instanceof ResultSetCursor) return outcome.cursor;
  throw new Error('expected rows of a session in this thread');
}

/** Waits until `condition` holds, as long as the test may take. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
