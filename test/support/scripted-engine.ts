import { FunctionCode } from '../../src/driver/wire/function-code.ts';
import type { ColumnMetadata, ParameterMetadata } from '../../src/driver/wire/metadata.ts';
import { TypeCode } from '../../src/driver/wire/type-code.ts';
import {
  type EncodedRows,
  type Engine,
  type EngineOutcome,
  type EngineSession,
  type EngineStatement,
  type EngineValue,
  type LobRegistry,
  type RowSource,
  SandboxError,
  type SessionIdentity,
} from '../../src/sandbox/engine.ts';

/** What a statement does in a test. */
export interface Script {
  readonly functionCode?: number;
  readonly columns?: readonly ColumnMetadata[];
  readonly parameters?: readonly ParameterMetadata[];
  /** One entry per row: its bytes as they go over the wire. */
  readonly rows?: (lobs: LobRegistry) => Iterable<Uint8Array>;
  readonly affectedRows?: (rows: readonly (readonly EngineValue[])[]) => readonly number[];
  readonly fails?: SandboxError;
  /** Errors of single rows; the others succeed. */
  readonly failures?: readonly SandboxError[];
  /** Runs until it is interrupted. */
  readonly hangs?: boolean;
}

/** Something that happened in the engine, in order. */
export interface EngineEvent {
  readonly what:
    | 'open'
    | 'prepare'
    | 'execute'
    | 'commit'
    | 'rollback'
    | 'interrupt'
    | 'variable'
    | 'close';
  readonly sql?: string;
  readonly rows?: readonly (readonly EngineValue[])[];
  readonly autoCommit?: boolean;
  readonly variable?: readonly [string, string];
}

/** An engine whose statements do what a table says; it records what it was asked. */
export class ScriptedEngine implements Engine {
  readonly events: EngineEvent[] = [];
  readonly identities: SessionIdentity[] = [];
  readonly #scripts: Readonly<Record<string, Script>>;

  constructor(scripts: Readonly<Record<string, Script>>) {
    this.#scripts = { 'SELECT 1 FROM DUMMY': SELECT_ONE, ...scripts };
  }

  passwordOf(user: string): string | undefined {
    return user === 'DEMO' ? 'Demo1234' : undefined;
  }

  openSession(session: SessionIdentity, lobs: LobRegistry): Promise<EngineSession> {
    this.identities.push(session);
    this.events.push({ what: 'open' });
    return Promise.resolve(new ScriptedSession(this.#scripts, this.events, lobs));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  executed(): readonly EngineEvent[] {
    return this.events.filter((event) => event.what === 'execute');
  }
}

class ScriptedSession implements EngineSession {
  readonly #scripts: Readonly<Record<string, Script>>;
  readonly #events: EngineEvent[];
  readonly #lobs: LobRegistry;
  #interrupted: (() => void) | undefined;

  constructor(scripts: Readonly<Record<string, Script>>, events: EngineEvent[], lobs: LobRegistry) {
    this.#scripts = scripts;
    this.#events = events;
    this.#lobs = lobs;
  }

  prepare(sql: string): Promise<EngineStatement> {
    this.#events.push({ what: 'prepare', sql });
    const script = this.#scripts[sql];
    if (script === undefined) {
      return Promise.reject(
        new SandboxError(257, `sql syntax error: incorrect syntax near "${sql}"`, { position: 1 }),
      );
    }
    return Promise.resolve(this.#statement(sql, script));
  }

  commit(): Promise<void> {
    this.#events.push({ what: 'commit' });
    return Promise.resolve();
  }

  rollback(): Promise<void> {
    this.#events.push({ what: 'rollback' });
    return Promise.resolve();
  }

  interrupt(): void {
    this.#events.push({ what: 'interrupt' });
    this.#interrupted?.();
  }

  setVariable(name: string, value: string): void {
    this.#events.push({ what: 'variable', variable: [name, value] });
  }

  close(): Promise<void> {
    this.#events.push({ what: 'close' });
    return Promise.resolve();
  }

  #statement(sql: string, script: Script): EngineStatement {
    const functionCode =
      script.functionCode ?? (script.columns ? FunctionCode.SELECT : FunctionCode.DDL);
    return {
      functionCode,
      columns: script.columns ?? [],
      parameters: script.parameters ?? [],
      execute: async (rows, autoCommit): Promise<EngineOutcome> => {
        this.#events.push({ what: 'execute', sql, rows, autoCommit });
        if (script.hangs) await this.#hang();
        if (script.fails) throw script.fails;
        if (script.columns === undefined) {
          const affectedRows = script.affectedRows?.(rows) ?? [];
          return { kind: 'count', functionCode, affectedRows, failures: script.failures ?? [] };
        }
        const source = new ListedRows(script.rows?.(this.#lobs) ?? []);
        return { kind: 'rows', functionCode, columns: script.columns, rows: source };
      },
      close: () => Promise.resolve(),
    };
  }

  #hang(): Promise<never> {
    return new Promise((_, reject) => {
      this.#interrupted = () => reject(new SandboxError(139, 'current operation cancelled'));
    });
  }
}

class ListedRows implements RowSource {
  readonly #rows: Iterator<Uint8Array>;
  #following: IteratorResult<Uint8Array>;

  constructor(rows: Iterable<Uint8Array>) {
    this.#rows = rows[Symbol.iterator]();
    this.#following = this.#rows.next();
  }

  next(maxRows: number, targetBytes: number): Promise<EncodedRows> {
    const rows: Uint8Array[] = [];
    let size = 0;
    while (rows.length < maxRows && size <= targetBytes && !this.#following.done) {
      rows.push(this.#following.value);
      size += this.#following.value.length;
      this.#following = this.#rows.next();
    }
    const last = this.#following.done === true;
    return Promise.resolve({ bytes: Buffer.concat(rows), rowCount: rows.length, last });
  }

  close(): Promise<void> {
    this.#rows.return?.();
    return Promise.resolve();
  }
}

/** A column with the given type and every other field at a plain value. */
export function column(
  displayName: string,
  typeCode: number,
  more: Partial<ColumnMetadata> = {},
): ColumnMetadata {
  return {
    typeCode,
    nullable: true,
    length: 10,
    scale: 0,
    schemaName: undefined,
    tableName: undefined,
    columnName: displayName,
    displayName,
    ...more,
  };
}

/** An IN parameter with the given type. */
export function parameter(
  typeCode: number,
  more: Partial<ParameterMetadata> = {},
): ParameterMetadata {
  return { typeCode, nullable: true, mode: 'in', length: 100, scale: 0, name: undefined, ...more };
}

/** An INT value in a row. */
function intValue(value: number): Uint8Array {
  const bytes = Buffer.alloc(5);
  bytes[0] = 1;
  bytes.writeInt32LE(value, 1);
  return bytes;
}

/** Rows of one INT column: 0, 1, 2 … */
export function* intRows(count: number): Generator<Uint8Array> {
  for (let value = 0; value < count; value++) yield intValue(value);
}

const SELECT_ONE: Script = {
  columns: [column('1', TypeCode.INT, { nullable: false, columnName: undefined })],
  rows: () => [intValue(1)],
};
