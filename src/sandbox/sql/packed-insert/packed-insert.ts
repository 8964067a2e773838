import { type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { ParameterMetadata } from '../../../driver/wire/metadata.ts';
import type { PackedRows } from '../../engine.ts';
import type { ColumnDefinition, TableDefinition } from '../catalog/definitions.ts';
import { DATABASE } from '../rendered-sql.ts';
import { storageType } from '../types/default-types.ts';
import { CHUNK_ROWS, type ColumnSink } from './column-sink.ts';
import { FixedSink, fixedWidth } from './fixed-sink.ts';
import { type PackedColumn, packedColumn } from './packed-column.ts';
import { PackedReader } from './packed-reader.ts';
import { TextSink } from './text-sink.ts';

/** An INSERT of nothing but markers: the columns that the markers stand for, in the order of markers. */
export interface MarkerInsert {
  readonly table: TableDefinition;
  readonly columns: readonly ColumnDefinition[];
}

/** Inserts rows as they came from the wire, chunk by chunk, without a value or a statement for each. */
export class PackedInsert {
  readonly #table: TableDefinition;
  readonly #columns: readonly PackedColumn[];
  /** One per column of the table. */
  readonly #sinks: readonly ColumnSink[];
  /** Sinks of the columns that the INSERT leaves out. */
  readonly #absent: readonly ColumnSink[];
  readonly #chunk: DuckDBDataChunk;

  private constructor(
    table: TableDefinition,
    columns: readonly PackedColumn[],
    sinks: readonly ColumnSink[],
  ) {
    this.#table = table;
    this.#columns = columns;
    this.#sinks = sinks;
    const named = new Set(columns.map(({ sink }) => sink));
    this.#absent = sinks.filter((sink) => !named.has(sink));
    this.#chunk = DuckDBDataChunk.create(table.columns.map(({ type }) => storageType(type)));
  }

  /** Undefined when a column's type, or what a left out column gets, needs a statement. */
  static plan(
    { table, columns }: MarkerInsert,
    parameters: readonly ParameterMetadata[],
  ): PackedInsert | undefined {
    const packed = new Map<string, PackedColumn>();
    for (const [index, column] of columns.entries()) {
      const parameter = parameters[index];
      const target = parameter && packedColumn(column, parameter);
      if (target === undefined) return undefined;
      packed.set(column.name, target);
    }
    const sinks: ColumnSink[] = [];
    for (const column of table.columns) {
      const sink = packed.get(column.name)?.sink ?? absentSink(column);
      if (sink === undefined) return undefined;
      sinks.push(sink);
    }
    return new PackedInsert(table, [...packed.values()], sinks);
  }

  /**
   * Appends all rows inside the connection's transaction. False, and nothing appended, when some value
   * is none of those this way takes. Rejects when DuckDB refuses a row, which ends its transaction.
   */
  async append(connection: DuckDBConnection, rows: PackedRows): Promise<boolean> {
    const { schemaName, name } = this.#table;
    const appender = await connection.createAppender(name, schemaName, DATABASE);
    try {
      if (this.#appendChunks(appender, rows)) {
        appender.flushSync();
        return true;
      }
      appender.clear();
      return false;
    } catch (error) {
      // Rows that DuckDB has refused would be appended once more when the appender is freed.
      appender.clear();
      throw error;
    } finally {
      appender.closeSync();
    }
  }

  #appendChunks(appender: DuckDBAppender, { bytes, rowCount }: PackedRows): boolean {
    const reader = new PackedReader(bytes);
    for (let left = rowCount; left > 0; left -= CHUNK_ROWS) {
      const count = Math.min(left, CHUNK_ROWS);
      if (!this.#readRows(reader, count)) {
        for (const sink of this.#sinks) sink.clear();
        return false;
      }
      this.#fillChunk(count);
      appender.appendDataChunk(this.#chunk);
    }
    return reader.at === bytes.length;
  }

  #readRows(reader: PackedReader, count: number): boolean {
    const columns = this.#columns;
    try {
      for (let row = 0; row < count; row++) {
        for (const column of columns) if (!column.read(reader, row)) return false;
        for (const sink of this.#absent) sink.putNull(row);
      }
      return true;
    } catch {
      // The part ends too early, or a length in it is none.
      return false;
    }
  }

  #fillChunk(count: number): void {
    const chunk = this.#chunk;
    chunk.reset();
    chunk.rowCount = count;
    this.#sinks.forEach((sink, index) => {
      sink.moveTo(duckdb.data_chunk_get_vector(chunk.chunk, index), count);
    });
  }
}

/** For a column left out: NULL, if that is what it gets. */
function absentSink({ type, nullable, defaultValue, identity }: ColumnDefinition) {
  if (!nullable || defaultValue !== undefined || identity !== undefined) return undefined;
  const width = fixedWidth(type);
  if (width !== undefined) return new FixedSink(type, width, true);
  const isArray = type.name === 'REAL_VECTOR';
  return isArray ? undefined : new TextSink({ character: true, maxLength: 0, nullable: true });
}
