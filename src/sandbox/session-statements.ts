import { FunctionCode } from '../driver/wire/function-code.ts';
import { type EngineStatement, SandboxError } from './engine.ts';
import type { SessionRegistry } from './session-registry.ts';

/** What the statements about sessions and transactions act upon. */
export interface SessionActions {
  readonly registry: SessionRegistry;
  /** Who acts. */
  readonly user: string;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

interface SessionStatement {
  readonly pattern: RegExp;
  readonly run: (actions: SessionActions, match: RegExpExecArray) => Promise<void>;
}

const NO_SUCH_SESSION = 729;
const INSUFFICIENT_PRIVILEGE = 258;
/** Has the system privilege SESSION ADMIN; others have power over sessions of their own name only. */
const SESSION_ADMIN = 'SYSTEM';

/** SQL that the server answers by itself, because it is about the session and not about data. */
const SESSION_STATEMENTS: readonly SessionStatement[] = [
  { pattern: /^COMMIT(?:\s+WORK)?$/i, run: (actions) => actions.commit() },
  { pattern: /^ROLLBACK(?:\s+WORK)?$/i, run: (actions) => actions.rollback() },
  {
    pattern: /^ALTER\s+SYSTEM\s+CANCEL\s+(?:WORK\s+IN\s+)?SESSION\s+'?\s*(\d{1,15})\s*'?$/i,
    run: async (actions, match) => findSession(actions, match).cancel(),
  },
  {
    pattern: /^ALTER\s+SYSTEM\s+DISCONNECT\s+SESSION\s+'?\s*(\d{1,15})\s*'?$/i,
    run: async (actions, match) => findSession(actions, match).disconnect(),
  },
];

/** Compiles a statement about the session itself; undefined for any other. */
export function prepareSessionStatement(
  sql: string,
  actions: SessionActions,
): EngineStatement | undefined {
  const text = withoutComments(sql).trim().replace(/;$/, '').trim();
  for (const { pattern, run } of SESSION_STATEMENTS) {
    const match = pattern.exec(text);
    if (match === null) continue;
    return {
      // Not COMMIT (11) or ROLLBACK (12), which node-hdb takes for an error after an SQL text.
      functionCode: FunctionCode.DDL,
      columns: [],
      parameters: [],
      execute: async () => {
        await run(actions, match);
        return { kind: 'count', functionCode: FunctionCode.DDL, affectedRows: [0] };
      },
      close: () => Promise.resolve(),
    };
  }
  return undefined;
}

/**
 * The session a statement names. That a user needs no privilege for sessions of his own is known from
 * hearsay: HANA's documentation names SESSION ADMIN for all.
 */
function findSession(actions: SessionActions, match: RegExpExecArray) {
  const id = Number(match[1]);
  const session = actions.registry.find(id);
  if (session === undefined) {
    throw new SandboxError(NO_SUCH_SESSION, `invalid session id: ${id}`);
  }
  if (actions.user !== SESSION_ADMIN && session.snapshot().user !== actions.user) {
    throw new SandboxError(INSUFFICIENT_PRIVILEGE, 'insufficient privilege: Not authorized');
  }
  return session;
}

/** None of these statements has a text literal that could hold a comment sign. */
function withoutComments(sql: string): string {
  return sql.length > MAX_TEXT ? '' : sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
}

/** Longer texts are none of these statements, and are not searched. */
const MAX_TEXT = 1000;
