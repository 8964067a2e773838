import { HanaFlightError } from '../../core/errors.ts';
import type { EncodedRows, OpenLob } from '../hana-connection.ts';
import { cesu8Cut } from '../values/cesu8-cut.ts';
import type { Part } from '../wire/message.ts';
import { PartKind } from '../wire/part-kind.ts';
import { decodeWriteLobReply } from '../wire/parts/write-lob-reply.ts';
import { encodeWriteLobRequests, type WriteLobRequest } from '../wire/parts/write-lob-request.ts';
import type { BatchRows } from './refusal.ts';
import { commitRequest, executeRequest, rollbackRequest, writeLobRequest } from './request.ts';
import type { HanaReply, Requests, SendStep } from './requests.ts';

export interface ParameterExecution {
  readonly statementId: Uint8Array;
  readonly rows: EncodedRows;
  /** Number of the first row, for errors; undefined: rows are not told apart. */
  readonly firstRow: number | undefined;
  readonly autoCommit: boolean;
  /** Largest WRITELOBREQUEST part. */
  readonly lobPacketBytes: number;
}

/** What a WRITELOBREQUEST part holds besides the data, per LOB. */
const WRITE_LOB_HEADER_BYTES = 21;

/** With room for less, another packet is begun: any character, which takes six bytes at most, finds place. */
const SMALLEST_PIECE_BYTES = WRITE_LOB_HEADER_BYTES + 8;

/**
 * EXECUTE with rows of parameters, and what of their LOBs did not fit in with it. In autocommit mode a
 * statement whose LOBs follow is a transaction of its own all the same: all of it is kept or nothing.
 * @returns one reply with the parts of all.
 */
export function executeWithParameters(
  requests: Requests,
  execution: ParameterExecution,
): Promise<HanaReply> {
  const { rows, autoCommit } = execution;
  if (rows.openLobs.length === 0) {
    return requests.sequence((send) => send(requestOf(execution, autoCommit), batchOf(execution)));
  }
  return requests.sequence(async (send) => {
    try {
      const reply = await executeAndWriteLobs(requests, execution, send);
      if (autoCommit) await send(commitRequest());
      return reply;
    } catch (cause) {
      // Whether that succeeds or not, the failure is what matters.
      if (autoCommit) await send(rollbackRequest()).catch(() => {});
      throw cause;
    }
  });
}

async function executeAndWriteLobs(
  requests: Requests,
  execution: ParameterExecution,
  send: SendStep,
): Promise<HanaReply> {
  const { lobPacketBytes } = execution;
  const { openLobs, rowCount } = execution.rows;
  const batch = batchOf(execution);
  const executed = await send(requestOf(execution, false), batch);
  const part = requests.require(executed, PartKind.WRITELOBREPLY, 'EXECUTE');
  const locators = decodeWriteLobReply(part);
  if (locators.length !== openLobs.length) {
    requests.malformed(
      'EXECUTE',
      `expected locators of ${openLobs.length} LOBs to be continued, it has ${locators.length}`,
    );
  }
  // The LOBs are those of the last row.
  const lastRow = batch && { firstRow: batch.firstRow + rowCount - 1, rowCount: 1 };
  let reply = executed;
  try {
    for (const piece of lobPackets(openLobs, locators, lobPacketBytes)) {
      reply = joined(reply, await send(writeLobRequest(piece), lastRow));
    }
  } catch (cause) {
    // The row is there with a part of its LOBs.
    if (!execution.autoCommit) requests.loseTransaction(HanaFlightError.from(cause));
    throw cause;
  }
  return reply;
}

function batchOf({ rows, firstRow }: ParameterExecution): BatchRows | undefined {
  return firstRow === undefined ? undefined : { firstRow, rowCount: rows.rowCount };
}

function requestOf({ statementId, rows }: ParameterExecution, autoCommit: boolean) {
  const { rowCount, bytes } = rows;
  return executeRequest({ statementId, rowCount, bytes, autoCommit });
}

/** WRITELOBREQUEST parts that bring all LOBs to their ends, each as full as it may be. */
function* lobPackets(
  lobs: readonly OpenLob[],
  locators: readonly Uint8Array[],
  packetBytes: number,
): Generator<Part> {
  let pieces: WriteLobRequest[] = [];
  let room = packetBytes;
  for (const [index, { rest, text }] of lobs.entries()) {
    const locator = locators[index] ?? new Uint8Array();
    let sent = 0;
    let last = false;
    while (!last) {
      if (room < SMALLEST_PIECE_BYTES) {
        yield encodeWriteLobRequests(pieces);
        pieces = [];
        room = packetBytes;
      }
      const left = rest.subarray(sent);
      const end = Math.min(room - WRITE_LOB_HEADER_BYTES, left.length);
      const data = left.subarray(0, text ? cesu8Cut(left, end) : end);
      sent += data.length;
      last = sent === rest.length;
      // Offset 0 appends, as node-hdb has it.
      pieces.push({ locator, offset: 0n, data, last });
      room -= WRITE_LOB_HEADER_BYTES + data.length;
    }
  }
  yield encodeWriteLobRequests(pieces);
}

/** HANA counts rows, and opens result sets, in any of the replies. */
function joined(first: HanaReply, next: HanaReply): HanaReply {
  const { functionCode, parts, rows } = first;
  return { functionCode, parts: [...parts, ...next.parts], rows: rows ?? next.rows };
}
