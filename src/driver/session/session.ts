import type { Connection } from 'hdb';
import { HanaFlightError } from '../../core/errors.ts';
import { statements } from '../dialect/statements.ts';
import type { HanaConnection, HanaOutcome, HanaStatement, LobChunk } from '../hana-connection.ts';
import { FunctionCode } from '../wire/function-code.ts';
import { findPart } from '../wire/message.ts';
import type { ColumnMetadata } from '../wire/metadata.ts';
import { PartKind } from '../wire/part-kind.ts';
import { decodeParameterMetadata } from '../wire/parts/parameter-metadata.ts';
import { decodeReadLobReply } from '../wire/parts/read-lob-reply.ts';
import { decodeResultSetMetadata } from '../wire/parts/result-set-metadata.ts';
import { decodeRowsAffected } from '../wire/parts/rows-affected.ts';
import { ResultSetCursor } from './cursor.ts';
import type { Link } from './link.ts';
import { type HanaReply, Requests } from './requests.ts';

export interface SessionOptions {
  /** Rows asked for with each fetch. */
  readonly fetchRows: number;
  /** Largest request packet. */
  readonly packetBytes: number;
}

/** How long HANA may take to answer the goodbye before the socket is closed all the same. */
const GOODBYE_MS = 2_000;

/** What a packet holds besides the SQL text, generously. */
const PACKET_OVERHEAD_BYTES = 64 * 1024;

/**
 * Function codes of statements that leave the session as it was. Anything else — SET, CONNECT, DDL on
 * temporary tables, a procedure — may have changed what the next user of the session would see.
 */
const NEUTRAL_FUNCTIONS: ReadonlySet<number> = new Set([
  FunctionCode.INSERT,
  FunctionCode.UPDATE,
  FunctionCode.DELETE,
  FunctionCode.SELECT,
  FunctionCode.SELECTFORUPDATE,
  FunctionCode.EXPLAIN,
  FunctionCode.COMMIT,
  FunctionCode.ROLLBACK,
]);

/** Function codes of statements that always return a result set, if an empty one. */
const QUERIES: ReadonlySet<number> = new Set([FunctionCode.SELECT, FunctionCode.SELECTFORUPDATE]);

/** A HANA session: node-hdb sends its requests, this project reads the replies. */
export class HdbSession implements HanaConnection {
  readonly #hdb: Connection;
  readonly #link: Link;
  readonly #requests: Requests;
  readonly #options: SessionOptions;
  /** Cursors and prepared statements that HANA keeps for this session. */
  readonly #handles = new Set<object>();
  #connectionId = 0;
  #altered = false;
  #closing: Promise<void> | undefined;

  constructor(connection: Connection, link: Link, options: SessionOptions) {
    this.#hdb = connection;
    this.#link = link;
    this.#requests = new Requests(link);
    this.#options = options;
  }

  get connectionId(): number {
    return this.#connectionId;
  }

  get usable(): boolean {
    return this.#link.failure === undefined && this.#closing === undefined;
  }

  get reusable(): boolean {
    const idle = this.#requests.pending === 0 && this.#handles.size === 0;
    return this.usable && idle && !this.#altered;
  }

  /** Ends the set-up of the session: what was executed so far belongs to its initial state. */
  begin(connectionId: number): void {
    this.#connectionId = connectionId;
    this.#altered = false;
  }

  async prepare(sql: string): Promise<HanaStatement> {
    this.#refuseLongText(sql);
    const reply = await this.#requests.run((done) => this.#hdb.prepare({ command: sql }, done));
    const part = this.#requests.require(reply, PartKind.STATEMENTID, 'PREPARE');
    const statementId = Buffer.from(part.data);
    const { functionCode } = reply;
    const columns = columnsOf(reply) ?? [];
    const parameters = findPart(reply, PartKind.PARAMETERMETADATA);
    this.#handles.add(statementId);
    return {
      functionCode,
      columns,
      parameters: parameters === undefined ? [] : decodeParameterMetadata(parameters),
      execute: async () => {
        const answer = await this.#requests.run((done) =>
          this.#hdb.execute({ statementId, functionCode }, done),
        );
        return this.#outcome(answer, columns);
      },
      drop: () => this.#drop(statementId),
    };
  }

  async execute(sql: string): Promise<HanaOutcome> {
    this.#refuseLongText(sql);
    const reply = await this.#requests.run((done) =>
      this.#hdb.executeDirect({ command: sql }, done),
    );
    return this.#outcome(reply, undefined);
  }

  async validate(): Promise<boolean> {
    if (!this.usable) return false;
    try {
      const outcome = await this.execute(statements.ping);
      if (outcome.kind === 'rows') await outcome.cursor.close();
      return this.usable;
    } catch {
      return false;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#sayGoodbye();
    return this.#closing;
  }

  destroy(cause: Error): void {
    this.#link.fail(cause);
  }

  async #sayGoodbye(): Promise<void> {
    const closed = new HanaFlightError('unavailable', 'the connection to HANA is closed');
    const timer = setTimeout(() => this.#link.fail(closed), GOODBYE_MS);
    try {
      await this.#requests.run((done) => this.#hdb.disconnect(done));
    } catch {
      // HANA may close the socket in place of an answer: that is all that was wanted.
    } finally {
      clearTimeout(timer);
      this.#link.fail(closed);
    }
  }

  async #drop(statementId: Buffer): Promise<void> {
    if (!this.#handles.delete(statementId)) return;
    await this.#requests.run((done) => this.#hdb.dropStatement({ statementId }, done));
  }

  async #outcome(
    reply: HanaReply,
    prepared: readonly ColumnMetadata[] | undefined,
  ): Promise<HanaOutcome> {
    if (!NEUTRAL_FUNCTIONS.has(reply.functionCode)) this.#altered = true;
    const ids = reply.parts.filter(({ kind }) => kind === PartKind.RESULTSETID);
    const [id] = ids;
    if (id === undefined) {
      if (QUERIES.has(reply.functionCode)) {
        this.#requests.require(reply, PartKind.RESULTSETID, 'EXECUTE');
      }
      return { kind: 'count', affectedRows: affectedRows(reply) };
    }
    if (ids.length > 1) {
      // The others would be lost unnoticed. HANA keeps them open until the session ends.
      this.#altered = true;
      throw new HanaFlightError(
        'unimplemented',
        `expected one result set, the statement returned ${ids.length}`,
      );
    }
    const columns = columnsOf(reply) ?? prepared;
    if (columns === undefined || columns.length === 0) {
      this.#requests.require(reply, PartKind.RESULTSETMETADATA, 'EXECUTE');
    }
    return { kind: 'rows', cursor: this.#openCursor(Buffer.from(id.data), columns ?? [], reply) };
  }

  #openCursor(
    resultSetId: Buffer,
    columns: readonly ColumnMetadata[],
    reply: HanaReply,
  ): ResultSetCursor {
    const fetchSize = this.#options.fetchRows;
    this.#handles.add(resultSetId);
    return new ResultSetCursor({
      columns,
      first: reply.rows,
      fetch: async () => {
        const answer = await this.#requests.run((done) =>
          this.#hdb.fetchNext({ resultSetId, fetchSize }, done),
        );
        return this.#requests.requireRows(answer, 'FETCHNEXT');
      },
      readLob: (locator, offset, length) => this.#readLob(locator, offset, length),
      closeResultSet: async () => {
        // With the session the result set has gone as well.
        if (!this.usable) return;
        await this.#requests.run((done) => this.#hdb.closeResultSet({ resultSetId }, done));
      },
      onClosed: () => this.#handles.delete(resultSetId),
    });
  }

  async #readLob(locator: Uint8Array, offset: number, length: number): Promise<LobChunk> {
    const locatorId = Buffer.from(locator);
    const reply = await this.#requests.run((done) =>
      this.#hdb.readLob({ locatorId, offset, length }, done),
    );
    return decodeReadLobReply(this.#requests.require(reply, PartKind.READLOBREPLY, 'READLOB'));
  }

  #refuseLongText(sql: string): void {
    const limit = this.#options.packetBytes - PACKET_OVERHEAD_BYTES;
    const bytes = Buffer.byteLength(sql);
    if (bytes <= limit) return;
    throw new HanaFlightError(
      'resource-exhausted',
      `expected an SQL text of at most ${limit} bytes (packetBytes), this one has ${bytes}`,
    );
  }
}

function columnsOf(reply: HanaReply): readonly ColumnMetadata[] | undefined {
  const part = findPart(reply, PartKind.RESULTSETMETADATA);
  return part === undefined ? undefined : decodeResultSetMetadata(part);
}

/** Rows changed in all; HANA's -1 and -2 for "not known" count as none. */
function affectedRows(reply: HanaReply): number {
  return reply.parts
    .filter(({ kind }) => kind === PartKind.ROWSAFFECTED)
    .flatMap((part) => decodeRowsAffected(part))
    .reduce((sum, count) => sum + Math.max(count, 0), 0);
}
