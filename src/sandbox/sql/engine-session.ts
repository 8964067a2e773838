import type { EngineSession, EngineStatement } from '../engine.ts';
import type { DuckSession } from './session.ts';
import { compileStatement } from './statements.ts';

/** The session as the wire server sees it. */
export class DuckEngineSession implements EngineSession {
  readonly #session: DuckSession;

  constructor(session: DuckSession) {
    this.#session = session;
  }

  prepare(sql: string): Promise<EngineStatement> {
    return compileStatement(sql, this.#session);
  }

  commit(): Promise<void> {
    return this.#session.commit();
  }

  rollback(): Promise<void> {
    return this.#session.rollback();
  }

  interrupt(): void {
    this.#session.interrupt();
  }

  setVariable(name: string, value: string): void {
    this.#session.setVariable(name, value);
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}
