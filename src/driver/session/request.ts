import { type PartModule, Segment } from 'hdb/lib/protocol/request/index.js';
import { CommandOption, type Part } from '../wire/message.ts';
import { MessageType } from '../wire/message-type.ts';
import { PartKind } from '../wire/part-kind.ts';
import { CommitOption } from '../wire/parts/commit-options.ts';
import { encodeOptions } from '../wire/parts/options.ts';

/** Writes a part that is bytes already: node-hdb would want arrays of JavaScript values. */
const READY_PART: PartModule<Part> = {
  getArgumentCount: (part) => part.argumentCount,
  write: (target, { data }) => {
    target.buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  },
};

export interface ExecuteRequest {
  readonly statementId: Uint8Array;
  readonly rowCount: number;
  /** PARAMETERS data of all rows. */
  readonly bytes: Uint8Array;
  readonly autoCommit: boolean;
}

/** EXECUTE; result sets it opens outlive a commit. */
export function executeRequest({
  statementId,
  rowCount,
  bytes,
  autoCommit,
}: ExecuteRequest): Segment {
  const hold = CommandOption.HOLD_CURSORS_OVER_COMMIT;
  const segment = new Segment(MessageType.EXECUTE, autoCommit ? 1 : 0, hold);
  addPart(segment, PartKind.STATEMENTID, 1, statementId);
  addPart(segment, PartKind.PARAMETERS, rowCount, bytes);
  return segment;
}

/** WRITELOB with a WRITELOBREQUEST part. */
export function writeLobRequest(part: Part): Segment {
  const segment = new Segment(MessageType.WRITELOB, 0, 0);
  segment.add({ kind: part.kind, module: READY_PART }, part);
  return segment;
}

/** COMMIT that keeps the result sets which were opened to outlive it. */
export function commitRequest(): Segment {
  const segment = new Segment(MessageType.COMMIT, 0, 0);
  const options = new Map([
    [CommitOption.HOLD_CURSORS_OVER_COMMIT, { type: 'boolean', value: true } as const],
  ]);
  const part = encodeOptions(PartKind.COMMITOPTIONS, options);
  segment.add({ kind: part.kind, module: READY_PART }, part);
  return segment;
}

export function rollbackRequest(): Segment {
  return new Segment(MessageType.ROLLBACK, 0, 0);
}

function addPart(segment: Segment, kind: PartKind, argumentCount: number, data: Uint8Array): void {
  const part: Part = { kind, attributes: 0, argumentCount, data };
  segment.add({ kind, module: READY_PART }, part);
}
