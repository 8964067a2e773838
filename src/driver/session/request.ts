import { type PartModule, Segment } from 'hdb/lib/protocol/request/index.js';
import {
  CommandOption,
  makePart,
  type Part,
  paddedSize,
  paddingOf,
  writePartHeader,
} from '../wire/message.ts';
import { MessageType } from '../wire/message-type.ts';
import { PartKind } from '../wire/part-kind.ts';
import { CommitOption } from '../wire/parts/commit-options.ts';
import { encodeOptions } from '../wire/parts/options.ts';
import { WireWriter } from '../wire/writer.ts';

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

/** A message of which node-hdb writes the beginning only. */
export interface TailedRequest {
  readonly segment: Segment;
  /** What follows: the data of its last part and the padding of that. */
  readonly tail: readonly Uint8Array[];
}

/** EXECUTE; result sets it opens outlive a commit. Its parameters are the tail. */
export function executeRequest({
  statementId,
  rowCount,
  bytes,
  autoCommit,
}: ExecuteRequest): TailedRequest {
  const hold = CommandOption.HOLD_CURSORS_OVER_COMMIT;
  const parameters = makePart(PartKind.PARAMETERS, rowCount, bytes);
  const segment = new ParametersSegment(MessageType.EXECUTE, autoCommit ? 1 : 0, hold, parameters);
  const statement: Part = {
    kind: PartKind.STATEMENTID,
    attributes: 0,
    argumentCount: 1,
    data: statementId,
  };
  segment.add({ kind: statement.kind, module: READY_PART }, statement);
  return { segment, tail: [bytes, PADDING.subarray(0, paddingOf(bytes.length))] };
}

const PADDING = new Uint8Array(8);

/** Where a segment's header has its length and the number of its parts. */
const SEGMENT_LENGTH_AT = 0;
const PART_COUNT_AT = 8;

/**
 * A segment whose last part is PARAMETERS, without the data of that: node-hdb would copy it into the part, into
 * the segment and into the packet; megabytes, for each few ten thousand rows.
 */
class ParametersSegment extends Segment {
  readonly #parameters: Part;

  constructor(
    messageType: number,
    commitImmediately: 0 | 1,
    commandOptions: number,
    parameters: Part,
  ) {
    super(messageType, commitImmediately, commandOptions);
    this.#parameters = parameters;
  }

  override toBuffer(size: number): Buffer {
    const others = super.toBuffer(size);
    others.writeInt32LE(others.length + paddedSize(this.#parameters), SEGMENT_LENGTH_AT);
    others.writeInt16LE(others.readInt16LE(PART_COUNT_AT) + 1, PART_COUNT_AT);
    const writer = new WireWriter().writeBytes(others);
    writePartHeader(writer, this.#parameters, size - others.length);
    const head = writer.finish();
    return Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  }
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
