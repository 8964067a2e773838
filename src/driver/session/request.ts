import { type PartModule, Segment } from 'hdb/lib/protocol/request/index.js';
import { CommandOption, makePart, type Part, paddedSize, writePart } from '../wire/message.ts';
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

/** EXECUTE; result sets it opens outlive a commit. */
export function executeRequest({
  statementId,
  rowCount,
  bytes,
  autoCommit,
}: ExecuteRequest): Segment {
  const hold = CommandOption.HOLD_CURSORS_OVER_COMMIT;
  const parameters = { rowCount, bytes };
  const segment = new ParametersSegment(MessageType.EXECUTE, autoCommit ? 1 : 0, hold, parameters);
  const statement: Part = {
    kind: PartKind.STATEMENTID,
    attributes: 0,
    argumentCount: 1,
    data: statementId,
  };
  segment.add({ kind: statement.kind, module: READY_PART }, statement);
  return segment;
}

/** Where a segment's header has its length and the number of its parts. */
const SEGMENT_LENGTH_AT = 0;
const PART_COUNT_AT = 8;

/** Longer segments get a buffer of their own, so that one of them does not stay in memory for good. */
const SCRATCH_BYTES = 8 * 1024 * 1024;
let scratch = Buffer.alloc(0);

/** A buffer for one segment: node-hdb copies it into its packet before anything else happens. */
function scratchOf(length: number): Buffer {
  if (length > SCRATCH_BYTES) return Buffer.alloc(length);
  if (scratch.length < length) scratch = Buffer.alloc(length);
  return scratch;
}

/**
 * A segment whose last part is PARAMETERS. node-hdb would copy the data once into the part and once more
 * into the segment; megabytes, for each few ten thousand rows.
 */
class ParametersSegment extends Segment {
  readonly #parameters: Pick<ExecuteRequest, 'rowCount' | 'bytes'>;

  constructor(
    messageType: number,
    commitImmediately: 0 | 1,
    commandOptions: number,
    parameters: Pick<ExecuteRequest, 'rowCount' | 'bytes'>,
  ) {
    super(messageType, commitImmediately, commandOptions);
    this.#parameters = parameters;
  }

  override toBuffer(size: number): Buffer {
    const others = super.toBuffer(size);
    const { rowCount, bytes } = this.#parameters;
    const part = makePart(PartKind.PARAMETERS, rowCount, bytes);
    const length = others.length + paddedSize(part);
    others.writeInt32LE(length, SEGMENT_LENGTH_AT);
    others.writeInt16LE(others.readInt16LE(PART_COUNT_AT) + 1, PART_COUNT_AT);
    const writer = new WireWriter(scratchOf(length)).writeBytes(others);
    writePart(writer, part, size - others.length);
    const segment = writer.finish();
    return Buffer.from(segment.buffer, segment.byteOffset, segment.byteLength);
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
