import type { Settings } from '../config/settings.ts';
import { HanaFlightError } from '../core/errors.ts';
import type { Fault } from '../sandbox/faults.ts';
import { type RunningSandbox, startSandbox } from '../sandbox/server.ts';
import { SessionRegistry } from '../sandbox/session-registry.ts';
import { DEFAULT_USERS, openDuckEngine } from '../sandbox/sql/engine.ts';
import type { DemoLogon } from './banner.ts';

/** What shapes a sandbox; plain data, so that it can be sent to another process. */
export type SandboxSettings = Pick<
  Settings<'sandbox'>,
  | 'sandboxRows'
  | 'sandboxPort'
  | 'latencyMs'
  | 'bytesPerSecond'
  | 'replayBytes'
  | 'resetAfterRows'
  | 'errorAtRow'
  | 'stallAfterRows'
> & { readonly sandboxHost?: string };

/** The user of the demo data. */
export const DEMO_LOGON: DemoLogon = { user: 'DEMO', password: DEFAULT_USERS['DEMO'] ?? '' };

/** HANA's number for a general failure while a statement runs. */
const GENERAL_ERROR = 2;

export interface DemoSandboxOptions {
  /** Told every packet, decoded. */
  readonly trace?: ((line: string) => void) | undefined;
  /** Statements that run at a time; each holds a thread of Node's pool. */
  readonly maxRunningStatements?: number | undefined;
}

/**
 * Starts the sandbox server over a database with the demo data; closing it closes both.
 * @throws HanaFlightError `unavailable` when it cannot listen there.
 */
export async function startDemoSandbox(
  settings: SandboxSettings,
  { trace, maxRunningStatements }: DemoSandboxOptions = {},
): Promise<RunningSandbox> {
  const registry = new SessionRegistry();
  const engine = await openDuckEngine({
    rows: settings.sandboxRows,
    registry,
    replayBytes: settings.replayBytes,
  });
  const {
    sandboxHost: host = '127.0.0.1',
    sandboxPort: port,
    latencyMs,
    bytesPerSecond,
  } = settings;
  try {
    const server = await startSandbox({
      engine,
      registry,
      host,
      port,
      shaping: { latencyMs, bytesPerSecond },
      faults: faultsOf(settings),
      trace,
      maxRunningStatements,
    });
    return {
      ...server,
      close: async () => {
        await server.close();
        await engine.close();
      },
    };
  } catch (cause) {
    await engine.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HanaFlightError('unavailable', `sandbox at ${host}:${port}: ${reason}`, { cause });
  }
}

function faultsOf(settings: SandboxSettings): Fault[] {
  const { resetAfterRows, errorAtRow, stallAfterRows } = settings;
  const faults: (Fault | undefined)[] = [
    resetAfterRows === undefined
      ? undefined
      : { action: { kind: 'reset' }, afterRows: resetAfterRows },
    errorAtRow === undefined
      ? undefined
      : { action: { kind: 'error', code: GENERAL_ERROR }, afterRows: errorAtRow },
    stallAfterRows === undefined
      ? undefined
      : { action: { kind: 'stall' }, afterRows: stallAfterRows },
  ];
  return faults.filter((fault) => fault !== undefined);
}
