import { onTestFinished } from 'vitest';
import type { HanaCredentials } from '../../src/core/hana-credentials.ts';
import type { HanaConnection, HanaCursor } from '../../src/driver/hana-connection.ts';
import { type ConnectOptions, connectHana } from '../../src/driver/session/connect.ts';
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
export async function openCursor(connection: HanaConnection, sql = 'SELECT'): Promise<HanaCursor> {
  const outcome = await connection.execute(sql);
  if (outcome.kind !== 'rows') throw new Error('expected rows');
  return outcome.cursor;
}

/** Waits until `condition` holds, as long as the test may take. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
