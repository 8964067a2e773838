import { HanaFlightError } from '../../core/errors.ts';
import {
  type EncodedRows,
  type HanaOutcome,
  type HanaStatement,
  MAX_PARAMETER_ROWS,
} from '../hana-connection.ts';
import { THREAD_BLOCKS } from '../wire/block-memory.ts';
import type { ColumnMetadata, ParameterMetadata } from '../wire/metadata.ts';
import { countAffectedRows } from '../wire/parts/rows-affected.ts';
import type { Outcomes } from './outcomes.ts';
import { executeWithParameters } from './parameter-execution.ts';
import type { HanaReply, Requests } from './requests.ts';

/** What HANA said about a statement when it compiled it. */
export interface Preparation {
  readonly statementId: Buffer;
  readonly functionCode: number;
  readonly columns: readonly ColumnMetadata[];
  readonly parameters: readonly ParameterMetadata[];
}

/** What a statement needs of its session. */
export interface StatementHost {
  readonly requests: Requests;
  readonly outcomes: Outcomes;
  readonly handles: Set<object>;
  /** Largest PARAMETERS part. */
  readonly parameterBytes: number;
  readonly lobPacketBytes: number;
  readonly autoCommit: () => boolean;
  /** Called before each execution. */
  readonly onExecute: () => void;
}

/** A statement that HANA keeps compiled for the session. */
export class PreparedStatement implements HanaStatement {
  readonly functionCode: number;
  readonly columns: readonly ColumnMetadata[];
  readonly parameters: readonly ParameterMetadata[];
  readonly #statementId: Buffer;
  readonly #host: StatementHost;
  /** The last rows that HANA has not answered yet. */
  #rowsUnderWay: Promise<HanaReply> | undefined;

  constructor(preparation: Preparation, host: StatementHost) {
    this.functionCode = preparation.functionCode;
    this.columns = preparation.columns;
    this.parameters = preparation.parameters;
    this.#statementId = preparation.statementId;
    this.#host = host;
    host.handles.add(this.#statementId);
  }

  async execute(row?: EncodedRows): Promise<HanaOutcome> {
    const reply = row === undefined ? await this.#executeBare() : await this.#executeOne(row);
    return this.#host.outcomes.read(reply, this.columns);
  }

  async executeRows(rows: EncodedRows, firstRow: number): Promise<number> {
    if (this.columns.length > 0) {
      throw new HanaFlightError('internal', 'a query cannot be executed for several rows at once');
    }
    const before = this.#rowsUnderWay;
    const execution = this.#executeBehind(before, rows, firstRow);
    this.#rowsUnderWay = execution;
    try {
      const { parts } = await execution;
      if (rows.block !== undefined) THREAD_BLOCKS.give(rows.block);
      return countAffectedRows(parts);
    } finally {
      if (this.#rowsUnderWay === execution) this.#rowsUnderWay = undefined;
    }
  }

  /** What fails may have ended the transaction: rows behind it would begin another one. */
  async #executeBehind(
    before: Promise<HanaReply> | undefined,
    rows: EncodedRows,
    firstRow: number,
  ): Promise<HanaReply> {
    await before;
    return this.#executeRows(rows, firstRow);
  }

  drop(): void {
    const { handles, requests } = this.#host;
    const statementId = this.#statementId;
    if (!handles.delete(statementId)) return;
    requests.sendAside((hdb, done) => hdb.dropStatement({ statementId }, done));
  }

  #executeBare(): Promise<HanaReply> {
    const { requests, onExecute } = this.#host;
    const { functionCode } = this;
    const statementId = this.#statementId;
    onExecute();
    return requests.run((hdb, done) => hdb.execute({ statementId, functionCode }, done));
  }

  #executeOne(row: EncodedRows): Promise<HanaReply> {
    if (row.rowCount !== 1) {
      throw new HanaFlightError('internal', `expected one row of parameters, got ${row.rowCount}`);
    }
    return this.#executeRows(row, undefined);
  }

  async #executeRows(rows: EncodedRows, firstRow: number | undefined): Promise<HanaReply> {
    const { requests, parameterBytes, lobPacketBytes, autoCommit, onExecute } = this.#host;
    if (!(rows.rowCount >= 1 && rows.rowCount <= MAX_PARAMETER_ROWS)) {
      throw new HanaFlightError(
        'internal',
        `expected 1 to ${MAX_PARAMETER_ROWS} rows of parameters, got ${rows.rowCount}`,
      );
    }
    if (rows.bytes.length > parameterBytes) {
      throw new HanaFlightError(
        'resource-exhausted',
        `expected rows of at most ${parameterBytes} bytes (packetBytes), these have ${rows.bytes.length}`,
      );
    }
    onExecute();
    return executeWithParameters(requests, {
      statementId: this.#statementId,
      rows,
      firstRow,
      autoCommit: autoCommit(),
      lobPacketBytes,
    });
  }
}
