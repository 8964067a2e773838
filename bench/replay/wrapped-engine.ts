import type { Engine, EngineSession, EngineStatement } from '../../src/sandbox/engine.ts';

/** Compiles a statement in place of `session`, which does all the rest. */
export type Prepare = (session: EngineSession, sql: string) => Promise<EngineStatement>;

/** An engine that is as `engine`, but for what its statements do. */
export function preparingBy(engine: Engine, prepare: Prepare): Engine {
  return {
    passwordOf: (user) => engine.passwordOf(user),
    openSession: async (identity, lobs) => {
      const session = await engine.openSession(identity, lobs);
      return {
        prepare: (sql) => prepare(session, sql),
        commit: () => session.commit(),
        rollback: () => session.rollback(),
        interrupt: () => session.interrupt(),
        setVariable: (name, value) => session.setVariable(name, value),
        close: () => session.close(),
      };
    },
    close: () => engine.close(),
  };
}
