import type { EngineStatement } from './engine.ts';
import { protocolError } from './reply.ts';

/** A compiled statement with its text. It is closed when it is dropped and no cursor uses it. */
export class CompiledStatement {
  readonly sql: string;
  readonly engine: EngineStatement;
  /** Where it is executed: the server answers what is about sessions by itself. */
  readonly place: 'engine' | 'server';
  /** The holder that compiled it counts as one. */
  #holders = 1;

  constructor(sql: string, engine: EngineStatement, place: 'engine' | 'server') {
    this.sql = sql;
    this.engine = engine;
    this.place = place;
  }

  hold(): void {
    this.#holders++;
  }

  async release(): Promise<void> {
    this.#holders--;
    if (this.#holders === 0) await this.engine.close();
  }
}

/** The prepared statements of one session. */
export class StatementTable {
  readonly #statements = new Map<bigint, CompiledStatement>();
  #lastId = 0n;

  add(statement: CompiledStatement): bigint {
    const id = ++this.#lastId;
    this.#statements.set(id, statement);
    return id;
  }

  /** Throws HANA's error 1033 for an unknown id. */
  require(id: bigint): CompiledStatement {
    const statement = this.#statements.get(id);
    if (statement === undefined) throw protocolError(`no prepared statement ${id}`);
    return statement;
  }

  /** Dropping what is dropped already does nothing: clients drop late. */
  async drop(id: bigint): Promise<void> {
    const statement = this.#statements.get(id);
    this.#statements.delete(id);
    await statement?.release();
  }

  async dropAll(): Promise<void> {
    for (const id of this.#statements.keys()) await this.drop(id);
  }
}
