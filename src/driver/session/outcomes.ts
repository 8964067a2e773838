import { HanaFlightError } from '../../core/errors.ts';
import type { LobChunk } from '../columnar/packet-cursor.ts';
import type { HanaOutcome } from '../hana-connection.ts';
import { FunctionCode } from '../wire/function-code.ts';
import { findPart } from '../wire/message.ts';
import type { ColumnMetadata } from '../wire/metadata.ts';
import { PartKind } from '../wire/part-kind.ts';
import { decodeReadLobReply } from '../wire/parts/read-lob-reply.ts';
import { resultSetColumns } from '../wire/parts/result-set-columns.ts';
import { countAffectedRows } from '../wire/parts/rows-affected.ts';
import { ResultSetCursor } from './cursor.ts';
import type { HanaReply, Requests } from './requests.ts';

/** Function codes of statements that always return a result set, if an empty one. */
const QUERIES: ReadonlySet<number> = new Set([FunctionCode.SELECT, FunctionCode.SELECTFORUPDATE]);

/** An outcome whose rows can be had as HANA's bytes, too. */
export type SessionOutcome = HanaOutcome<ResultSetCursor>;

export interface OutcomeOptions {
  readonly requests: Requests;
  /** Where what HANA keeps for the session is written down. */
  readonly handles: Set<object>;
  /** Rows asked for with each fetch. */
  readonly fetchRows: number;
  /** False once the session is gone, and its result sets with it. */
  readonly usable: () => boolean;
}

/** Reads what a statement led to: a count, or a result set that is open now. */
export class Outcomes {
  readonly #options: OutcomeOptions;

  constructor(options: OutcomeOptions) {
    this.#options = options;
  }

  /** @param prepared columns of the preparation, which EXECUTE does not repeat. */
  read(reply: HanaReply, prepared: readonly ColumnMetadata[] | undefined): SessionOutcome {
    const { requests, handles } = this.#options;
    const ids = reply.parts
      .filter(({ kind }) => kind === PartKind.RESULTSETID)
      .map(({ data }) => Buffer.from(data));
    const [id] = ids;
    if (id === undefined) {
      if (QUERIES.has(reply.functionCode)) {
        requests.require(reply, PartKind.RESULTSETID, 'EXECUTE');
      }
      return { kind: 'count', affectedRows: countAffectedRows(reply.parts) };
    }
    for (const each of ids) handles.add(each);
    if (ids.length > 1) {
      // The others would be lost unnoticed. HANA keeps them open until the session ends.
      throw new HanaFlightError(
        'unimplemented',
        `expected one result set, the statement returned ${ids.length}`,
      );
    }
    const columns = columnsOf(reply) ?? prepared;
    if (columns === undefined || columns.length === 0) {
      requests.require(reply, PartKind.RESULTSETMETADATA, 'EXECUTE');
    }
    return { kind: 'rows', cursor: this.#openCursor(id, columns ?? [], reply) };
  }

  #openCursor(
    resultSetId: Buffer,
    columns: readonly ColumnMetadata[],
    reply: HanaReply,
  ): ResultSetCursor {
    const { requests, handles, fetchRows, usable } = this.#options;
    return new ResultSetCursor({
      columns,
      first: reply.rows,
      fetch: async () => {
        const answer = await requests.run((hdb, done) =>
          hdb.fetchNext({ resultSetId, fetchSize: fetchRows }, done),
        );
        return requests.requireRows(answer, 'FETCHNEXT');
      },
      readLob: (locator, offset, length) => this.#readLob(locator, offset, length),
      closeResultSet: async () => {
        if (!usable()) return;
        await requests.run((hdb, done) => hdb.closeResultSet({ resultSetId }, done));
      },
      onClosed: () => handles.delete(resultSetId),
    });
  }

  async #readLob(locator: Uint8Array, offset: number, length: number): Promise<LobChunk> {
    const { requests } = this.#options;
    const locatorId = Buffer.from(locator);
    const reply = await requests.run((hdb, done) =>
      hdb.readLob({ locatorId, offset, length }, done),
    );
    return decodeReadLobReply(requests.require(reply, PartKind.READLOBREPLY, 'READLOB'));
  }
}

/** The columns a reply describes; undefined when it does not. */
export function columnsOf(reply: HanaReply): readonly ColumnMetadata[] | undefined {
  const part = findPart(reply, PartKind.RESULTSETMETADATA);
  return part === undefined ? undefined : resultSetColumns(part);
}
