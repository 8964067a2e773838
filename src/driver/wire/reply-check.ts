import { HanaFlightError } from '../../core/errors.ts';
import { decodeReply, findPart, type Part, partName, type ReplyMessage } from './message.ts';
import { PartKind } from './part-kind.ts';
import { decodeAuthentication, decodeFields } from './parts/authentication.ts';
import { decodeErrors } from './parts/error.ts';
import { decodeParameterMetadata } from './parts/parameter-metadata.ts';
import { decodeReadLobReply } from './parts/read-lob-reply.ts';
import { resultSetColumns } from './parts/result-set-columns.ts';
import { checkRowCounts } from './parts/rows-affected.ts';
import { decodeWriteLobReply } from './parts/write-lob-reply.ts';

/** HANA asks for 15,000 rounds; a count near 2^31 would keep a thread busy for an hour. */
const MAX_PBKDF2_ROUNDS = 1_000_000;

/** An option has an id and a type at least, a line of options its count. */
const MIN_OPTION_BYTES = 2;

/**
 * Reads each kind of part to its end, or compares its count with its bytes: a count is used as a number
 * of rounds by those who read the part. A kind that is not here has no structure to check.
 */
const PART_CHECKS: ReadonlyMap<number, (part: Part) => unknown> = new Map<
  number,
  (part: Part) => unknown
>([
  [PartKind.RESULTSET, checkRows],
  [PartKind.ERROR, checkFirstError],
  [PartKind.STATEMENTID, checkId],
  [PartKind.RESULTSETID, checkId],
  [PartKind.ROWSAFFECTED, checkRowCounts],
  [PartKind.READLOBREPLY, decodeReadLobReply],
  [PartKind.WRITELOBREPLY, decodeWriteLobReply],
  [PartKind.RESULTSETMETADATA, resultSetColumns],
  [PartKind.PARAMETERMETADATA, decodeParameterMetadata],
  [PartKind.AUTHENTICATION, checkAuthentication],
  [PartKind.TOPOLOGYINFORMATION, checkOptionCount],
  [PartKind.SESSIONCONTEXT, checkOptionCount],
  [PartKind.STATEMENTCONTEXT, checkOptionCount],
  [PartKind.CONNECTOPTIONS, checkOptionCount],
  [PartKind.TRANSACTIONFLAGS, checkOptionCount],
  [PartKind.DBCONNECTINFO, checkOptionCount],
]);

const KNOWN_KINDS: ReadonlySet<number> = new Set(Object.values(PartKind));

/**
 * Decodes a whole reply and checks the structure of its parts, so that what reads them afterwards cannot
 * run past their ends. Row data is not looked at: the cost does not grow with the result.
 * @throws HanaFlightError `malformed-packet` that names part kind and offset.
 */
export function checkReply(packet: Uint8Array): ReplyMessage {
  const reply = decodeReply(packet);
  for (const part of reply.parts) {
    if (!KNOWN_KINDS.has(part.kind)) throw malformed(part, 'unknown part kind');
    PART_CHECKS.get(part.kind)?.(part);
  }
  if (reply.kind === 'error' && findPart(reply, PartKind.ERROR) === undefined) {
    throw new HanaFlightError(
      'malformed-packet',
      'error segment: expected an ERROR part, it has none',
    );
  }
  return reply;
}

/** A row has a byte at least; rows without bytes and bytes without rows would be lost unnoticed. */
function checkRows(part: Part): void {
  const { argumentCount: rows, data } = part;
  if (data.length < rows || (rows === 0 && data.length > 0)) {
    throw malformed(part, `${rows} rows cannot have ${data.length} bytes`);
  }
}

/** The first error is the one that is reported; how HANA pads several of them is not known for sure. */
function checkFirstError(part: Part): void {
  if (part.argumentCount === 0) throw malformed(part, 'expected an error, got none');
  decodeErrors({ ...part, argumentCount: 1 });
}

function checkId(part: Part): void {
  if (part.data.length !== 8) throw malformed(part, `expected 8 bytes, got ${part.data.length}`);
}

function checkOptionCount(part: Part): void {
  if (part.argumentCount * MIN_OPTION_BYTES > part.data.length) {
    throw malformed(
      part,
      `${part.argumentCount} options cannot fit into ${part.data.length} bytes`,
    );
  }
}

/** Method names and data by turns. HANA's first answer for PBKDF2 is salt, challenge and rounds. */
function checkAuthentication(part: Part): void {
  const fields = decodeAuthentication(part);
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [name, data] = fields.slice(index);
    if (data === undefined || Buffer.from(name ?? []).toString() !== 'SCRAMPBKDF2SHA256') continue;
    const rounds = decodeFields(data, 'SCRAMPBKDF2SHA256 data')[2];
    if (rounds === undefined) continue;
    const count = rounds.length === 4 ? Buffer.from(rounds).readUInt32BE() : 0;
    if (count < 1 || count > MAX_PBKDF2_ROUNDS) {
      throw malformed(part, `expected 1 to ${MAX_PBKDF2_ROUNDS} PBKDF2 rounds, got ${count}`);
    }
  }
}

function malformed(part: Part, problem: string): HanaFlightError {
  return new HanaFlightError('malformed-packet', `${partName(part.kind)} part: ${problem}`);
}
