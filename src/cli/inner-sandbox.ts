import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HanaFlightError } from '../core/errors.ts';
import type { SandboxSettings } from './demo-sandbox.ts';

/** A sandbox in a process of its own, so that it takes neither the event loop nor the memory of `serve`. */
export interface InnerSandbox {
  /** `hdbsql://127.0.0.1:PORT` */
  readonly url: string;
  /** Resolves when the process ends although nobody asked it to. */
  readonly died: Promise<HanaFlightError>;
  close(): Promise<void>;
}

/** What the process sends once: where it listens, or why it could not start. */
export type InnerSandboxReport = { readonly url: string } | { readonly failure: string };

/** Statements that the inner sandbox runs at a time. */
export const INNER_SANDBOX_STATEMENTS = 15;

/** Starts the process. It ends with this one in every case, for it watches the channel between them. */
export async function startInnerSandbox(settings: SandboxSettings): Promise<InnerSandbox> {
  // The extension is .ts when run from the source and .js when built.
  const extension = extname(fileURLToPath(import.meta.url));
  const child = fork(new URL(`inner-sandbox-process${extension}`, import.meta.url), {
    // A statement of DuckDB holds a thread of Node's pool while it runs; the usual four are few.
    // oxlint-disable-next-line node/no-process-env -- the child gets the whole environment, as fork's default has it
    env: { ...process.env, UV_THREADPOOL_SIZE: `${INNER_SANDBOX_STATEMENTS + 1}` },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exit = new Promise<HanaFlightError>((resolve) => {
    child.once('exit', (code, signal) => resolve(describeExit(signal ?? `code ${code}`)));
    child.once('error', (cause) => resolve(HanaFlightError.from(cause, 'unavailable')));
  });
  const closing = new AbortController();
  const outcome = new Promise<InnerSandboxReport>((resolve) => {
    // Sent by inner-sandbox-process.ts, which is typed to send nothing else.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    child.once('message', (message) => resolve(message as InnerSandboxReport));
  });
  child.send(settings);
  const report = await Promise.race([outcome, exit]);
  if (report instanceof HanaFlightError) throw report;
  if ('failure' in report) {
    child.disconnect();
    throw new HanaFlightError('unavailable', report.failure);
  }
  return {
    url: report.url,
    died: new Promise((resolve) => {
      void exit.then((failure) => (closing.signal.aborted ? undefined : resolve(failure)));
    }),
    close: async () => {
      closing.abort();
      if (child.connected) child.disconnect();
      await exit;
    },
  };
}

function describeExit(how: string): HanaFlightError {
  return new HanaFlightError('unavailable', `the sandbox process ended with ${how}`);
}
