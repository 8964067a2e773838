import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

const MAIN = resolve(import.meta.dirname, '../../dist/cli/main.js');
const POLL_MS = 50;

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Takes what must be done when a test, or a group of tests, is over. */
export type OnEnd = (cleanUp: () => Promise<void> | void) => void;

/** The built command line in a process of its own. */
export interface CommandProcess {
  readonly process: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when the process has ended and its output is complete. */
  readonly ended: Promise<Ending>;
}

/** Starts a command line; it is killed when the test is over, unless `onEnd` says otherwise. */
export function startCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  onEnd: OnEnd = onTestFinished,
): CommandProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    // oxlint-disable-next-line node/no-process-env -- a child needs PATH and the like
    env: { ...withoutSettings(process.env), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = gather(child.stdout);
  const stderr = gather(child.stderr);
  const ended = new Promise<Ending>((resolveEnding) => {
    child.once('close', (code, signal) => resolveEnding({ code, signal }));
  });
  onEnd(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { process: child, stdout, stderr, ended };
}

/** `sandbox` has no Flight address: it is empty then. */
const Ready = z.object({ flight: z.string().default(''), hana: z.string() });

/** A command that serves, once it has written its ready file. */
export interface ServingProcess extends CommandProcess {
  /** The whole ready file. */
  readonly readyText: string;
  readonly ready: Readonly<z.infer<typeof Ready>>;
}

/** Starts a command that serves and waits until it does. */
export async function startServing(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  onEnd: OnEnd = onTestFinished,
): Promise<ServingProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'serving-'));
  const readyFile = join(folder, 'ready.json');
  const command = startCommand([...args, '--ready-file', readyFile], environment, onEnd);
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  while (!existsSync(readyFile)) {
    if (command.process.exitCode !== null) {
      throw new Error(
        `ended with ${command.process.exitCode} before it was ready: ${command.stderr()}`,
      );
    }
    await sleep(POLL_MS);
  }
  const readyText = readFileSync(readyFile, 'utf8');
  return { ...command, readyText, ready: Ready.parse(JSON.parse(readyText)) };
}

/** Resolves once the condition holds; the test's own time limit ends a wait in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(POLL_MS);
}

function gather(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

/** Settings of whoever runs the tests must not leak into them. */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('HANA_FLIGHT_')),
  );
}
