import type { Engine, EngineOutcome, EngineStatement } from '../../src/sandbox/engine.ts';
import { preparingBy } from '../replay/wrapped-engine.ts';

/** A table whose rows are kept, and one whose rows are counted only. */
export const KEPT_TABLE = 'BENCH_INGEST';
export const DISCARDED_TABLE = 'BENCH_INGEST_DISCARDED';

const INSERT = /^\s*INSERT\s+INTO\s+[^(]*?"?(?<table>BENCH_INGEST(?:_DISCARDED)?)"?[\s(]/i;

/** Rows that were inserted, and the bytes of them as they came. */
export interface Inserted {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Counts the rows that go into the two tables. Those of one of them go no further: then it is the way to
 * HANA that is measured, and not what a database does with rows.
 */
export class InsertMeter {
  #rows = 0;
  #bytes = 0;

  /** What came since the last call. */
  take(): Inserted {
    const inserted = { rows: this.#rows, bytes: this.#bytes };
    this.#rows = 0;
    this.#bytes = 0;
    return inserted;
  }

  /** The engine whose INSERTs are counted. */
  before(engine: Engine): Engine {
    return preparingBy(engine, async (session, sql) => {
      const statement = await session.prepare(sql);
      const table = INSERT.exec(sql)?.groups?.['table'];
      if (table === undefined || statement.parameters.length === 0) return statement;
      return this.#metered(statement, table.toUpperCase() === DISCARDED_TABLE);
    });
  }

  #metered(statement: EngineStatement, discards: boolean): EngineStatement {
    const { functionCode, columns, parameters } = statement;
    const counted = (rowCount: number): EngineOutcome => ({
      kind: 'count',
      functionCode,
      affectedRows: Array<number>(rowCount).fill(1),
    });
    return {
      functionCode,
      columns,
      parameters,
      execute: async (rows, autoCommit) => {
        this.#rows += rows.length;
        return discards ? counted(rows.length) : statement.execute(rows, autoCommit);
      },
      executePacked: async (rows, autoCommit) => {
        const outcome = discards
          ? counted(rows.rowCount)
          : await statement.executePacked?.(rows, autoCommit);
        if (outcome === undefined) return undefined;
        this.#rows += rows.rowCount;
        this.#bytes += rows.bytes.length;
        return outcome;
      },
      close: () => statement.close(),
    };
  }
}
