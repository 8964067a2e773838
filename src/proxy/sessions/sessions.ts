import type { Call } from '../../flight/producer.ts';
import { Session } from './session.ts';

export interface SessionLimits {
  /** A transaction that nobody used for this long is rolled back. */
  readonly transactionIdleTimeoutMs: number;
  /** A connection that a session made its own is given up when the session was idle for this long. */
  readonly sessionIdleTimeoutMs: number;
  /** A session that was idle for this long is forgotten altogether: its token has expired. */
  readonly sessionLifetimeMs: number;
}

/** How often idle sessions are looked for, at most. */
const SWEEP_MS = 15_000;

/** The sessions that keep something in this process. */
export class Sessions {
  readonly #limits: SessionLimits;
  readonly #now: () => number;
  readonly #sessions = new Map<string, Session>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(limits: SessionLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
    const shortest = Math.min(limits.transactionIdleTimeoutMs, limits.sessionIdleTimeoutMs);
    const period = Math.max(1, Math.min(SWEEP_MS, shortest / 2));
    this.#sweeper = setInterval(() => void this.sweep(), period);
    this.#sweeper.unref();
  }

  get now(): () => number {
    return this.#now;
  }

  /** The session of a call, if it keeps anything. */
  find(call: Call): Session | undefined {
    const { id } = call.session;
    if (id === undefined) return undefined;
    const session = this.#sessions.get(keyOf(id, call));
    session?.touch();
    return session;
  }

  /** The session of a call; a client without one gets one. */
  open(call: Call): Session {
    const key = keyOf(call.session.open(), call);
    const session = this.#sessions.get(key) ?? new Session(call.principal.user, this.#now);
    this.#sessions.set(key, session);
    session.touch();
    return session;
  }

  /** Ends the session of a call. Never rejects. */
  async end(call: Call): Promise<void> {
    const { id } = call.session;
    if (id === undefined) return;
    const key = keyOf(id, call);
    const session = this.#sessions.get(key);
    this.#sessions.delete(key);
    await session?.close();
  }

  /** Gives up what nobody used for long. Never rejects. */
  async sweep(): Promise<void> {
    const { transactionIdleTimeoutMs, sessionIdleTimeoutMs, sessionLifetimeMs } = this.#limits;
    for (const [key, session] of this.#sessions) {
      for (const transaction of session.transactions) {
        if (transaction.ended) session.transactions.delete(transaction);
        else if (transaction.connected && transaction.idleMs > transactionIdleTimeoutMs) {
          await transaction.expire(transactionIdleTimeoutMs);
        }
      }
      if (session.hasPinned && session.idleMs > sessionIdleTimeoutMs) {
        session.unpinIdle(sessionIdleTimeoutMs);
      }
      if (session.idleMs > sessionLifetimeMs) {
        this.#sessions.delete(key);
        await session.close();
      }
    }
  }

  /** Ends all of them. Never rejects. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    const all = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(all.map((session) => session.close()));
  }
}

/** A session id that another user learnt of opens nothing. */
function keyOf(id: string, call: Call): string {
  return JSON.stringify([call.principal.user, id]);
}
