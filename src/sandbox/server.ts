import { createServer, type Server, type Socket } from 'node:net';
import type { Engine } from './engine.ts';
import { type Fault, FaultPlan } from './faults.ts';
import { UserDirectory } from './logon.ts';
import { type ServerContext, Session } from './session.ts';
import { SessionRegistry } from './session-registry.ts';
import type { Shaping } from './shaping.ts';
import type { FetchLimits } from './statement-runner.ts';
import { StatementSlots } from './statement-slots.ts';
import { SANDBOX_SYSTEM, type SystemIdentity } from './system-identity.ts';
import { openSessionTrace } from './trace.ts';

/** How to start a sandbox server. */
export interface SandboxServerOptions {
  /** The database. It is not closed with the server. */
  readonly engine: Engine;
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** 0, the default, takes a free port. */
  readonly port?: number | undefined;
  /** Filled by the server; give one to an engine that shows sessions in its views. */
  readonly registry?: SessionRegistry | undefined;
  readonly system?: Partial<SystemIdentity> | undefined;
  readonly shaping?: Partial<Shaping> | undefined;
  readonly faults?: readonly Fault[] | undefined;
  readonly limits?: Partial<FetchLimits> | undefined;
  /**
   * Statements that the engine runs at once, the others wait; default 3. It must stay below the number of
   * threads in Node's pool, which is 4 unless UV_THREADPOOL_SIZE says otherwise.
   */
  readonly maxRunningStatements?: number | undefined;
  /** Longest request taken; default 64 MiB. */
  readonly maxPacketBytes?: number | undefined;
  /** Takes a line for each part of each request and reply; no tracing when absent. */
  readonly trace?: ((line: string) => void) | undefined;
}

/** A sandbox that listens. */
export interface RunningSandbox {
  readonly host: string;
  readonly port: number;
  /** `hdbsql://127.0.0.1:PORT`. */
  readonly url: string;
  /** TCP connections at this moment, logged on or not. */
  readonly connections: number;
  readonly registry: SessionRegistry;
  /** May be changed at any time; holds from the next reply on. */
  readonly shaping: Shaping;
  /** May be changed at any time; holds for statements executed from then on. */
  readonly faults: FaultPlan;
  /** Ends every session and stops listening. */
  close(): Promise<void>;
}

const DEFAULT_LIMITS: FetchLimits = {
  firstRows: 32,
  firstBytes: 64 * 1024,
  maxFetchRows: 1_000_000,
  maxFetchBytes: 4 * 1024 * 1024,
};

const DEFAULT_RUNNING_STATEMENTS = 3;
const DEFAULT_MAX_PACKET_BYTES = 64 * 1024 * 1024;
/** Session ids of a real system are large and say nothing; small ones would look like counters. */
const FIRST_NUMBER = 200_000;

/** Starts a server that speaks HANA's wire protocol over `engine`. Rejects when it cannot listen. */
export async function startSandbox(options: SandboxServerOptions): Promise<RunningSandbox> {
  const context = makeContext(options);
  const sessions = new Set<Session>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    void liveSession(socket, context, sessions);
  });
  const { host = '127.0.0.1', port = 0 } = options;
  const boundPort = await listen(server, host, port);
  return {
    host,
    port: boundPort,
    url: `hdbsql://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    get connections() {
      return sessions.size;
    },
    registry: context.registry,
    shaping: context.shaping,
    faults: context.faults,
    close: async () => {
      const stopped = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      const ended = [...sessions].map((session) => session.ended);
      for (const session of sessions) session.disconnect();
      await Promise.all([stopped, ...ended]);
    },
  };
}

function makeContext(options: SandboxServerOptions): ServerContext {
  const { engine, trace } = options;
  let lastNumber = FIRST_NUMBER;
  return {
    engine,
    users: new UserDirectory((user) => engine.passwordOf(user)),
    system: { ...SANDBOX_SYSTEM, ...options.system },
    registry: options.registry ?? new SessionRegistry(),
    shaping: { latencyMs: 0, bytesPerSecond: undefined, ...options.shaping },
    faults: new FaultPlan(options.faults),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    slots: new StatementSlots(options.maxRunningStatements ?? DEFAULT_RUNNING_STATEMENTS),
    maxPacketBytes: options.maxPacketBytes ?? DEFAULT_MAX_PACKET_BYTES,
    nextNumber: () => ++lastNumber,
    openTrace: (connectionId) => trace && openSessionTrace(connectionId, trace),
  };
}

async function liveSession(socket: Socket, context: ServerContext, sessions: Set<Session>) {
  const session = new Session(socket, context);
  sessions.add(session);
  await session.ended;
  sessions.delete(session);
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
