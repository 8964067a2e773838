import type { EncodedRows, HanaOutcome, HanaStatement, OpenLob } from '../hana-connection.ts';
import type { ColumnMetadata, ParameterMetadata } from '../wire/metadata.ts';
import type { LaneCalls } from './lane-calls.ts';

/** What HANA said of it, and its number in the lane. */
export interface PreparedStatement
  extends Pick<HanaStatement, 'functionCode' | 'columns' | 'parameters'> {
  readonly statement: number;
}

/** A statement that HANA keeps compiled for a session in a lane. */
export class LaneStatement implements HanaStatement {
  readonly functionCode: number;
  readonly columns: readonly ColumnMetadata[];
  readonly parameters: readonly ParameterMetadata[];
  readonly #connection: LaneCalls;
  readonly #id: number;

  constructor(connection: LaneCalls, prepared: PreparedStatement) {
    this.functionCode = prepared.functionCode;
    this.columns = prepared.columns;
    this.parameters = prepared.parameters;
    this.#connection = connection;
    this.#id = prepared.statement;
  }

  async execute(row?: EncodedRows): Promise<HanaOutcome> {
    const own = row && ownBytes(row);
    return this.#connection.outcomeOf(
      await this.#connection.call('executeStatement', [this.#id, own]),
    );
  }

  executeRows(rows: EncodedRows, firstRow: number): Promise<number> {
    const { block } = rows;
    return block === undefined
      ? this.#connection.call('executeRows', [this.#id, ownBytes(rows), firstRow])
      : this.#connection.call('executeRows', [this.#id, inBlock(rows), firstRow], [block]);
  }

  drop(): void {
    this.#connection.dropStatement(this.#id);
  }
}

/** Threads copy the whole memory that a view lies in, so each gets memory of its own size. */
function ownBytes({ rowCount, bytes, openLobs }: EncodedRows): EncodedRows {
  return { rowCount, bytes: bytes.slice(), openLobs: openLobs.map(ownRest) };
}

/** The block is transferred, which is not a copy. */
function inBlock({ openLobs, ...rows }: EncodedRows): EncodedRows {
  return { ...rows, openLobs: openLobs.map(ownRest) };
}

function ownRest({ rest, text }: OpenLob): OpenLob {
  return { rest: rest.slice(), text };
}
