import { type RunningSandbox, type SandboxServerOptions, startSandbox } from './server.ts';
import { SessionRegistry } from './session-registry.ts';
import { openDuckEngine } from './sql/engine.ts';

/** How to open the sandbox with its demo database. */
export interface SandboxOptions extends Omit<SandboxServerOptions, 'engine' | 'registry'> {
  /** Rows of SALES.TRANSACTIONS and of SALES.TRANSACTION_HISTORY; default 10,000. */
  readonly rows?: number | undefined;
  /** Memory for results that are served again as they were encoded; default 0, none. */
  readonly replayBytes?: number | undefined;
  /** Passwords by user name in upper case; by default DEMO with Demo1234 and a few more. */
  readonly users?: Readonly<Record<string, string>> | undefined;
}

const DEFAULT_ROWS = 10_000;

/** Loads the demo database and serves it over HANA's protocol; closing the sandbox closes both. */
export async function openSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const { rows = DEFAULT_ROWS, replayBytes, users, ...serverOptions } = options;
  const registry = new SessionRegistry();
  const engine = await openDuckEngine({
    rows,
    registry,
    replayBytes,
    ...(users === undefined ? {} : { users }),
  });
  try {
    const server = await startSandbox({ ...serverOptions, engine, registry });
    return {
      ...server,
      get connections() {
        return server.connections;
      },
      close: async () => {
        await server.close();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
