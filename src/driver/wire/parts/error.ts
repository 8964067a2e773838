import { cesu8ToString, stringToCesu8 } from '../../values/cesu8.ts';
import { makePart, type Part, readerOf } from '../message.ts';
import { PartKind } from '../part-kind.ts';
import { WireWriter } from '../writer.ts';

/** One error or warning of HANA. */
export interface ErrorRecord {
  /** SQL error number. */
  readonly code: number;
  /** 1-based position in the SQL text, 0 for none. */
  readonly position: number;
  readonly level: 'warning' | 'error' | 'fatal';
  /** Five ASCII characters. */
  readonly sqlState: string;
  readonly text: string;
}

/*
 * Each error:  0  i32  code          12  i8  level: 0 warning, 1 error, 2 fatal
 *              4  i32  position      13  5   SQLSTATE
 *              8  i32  text length   18      text, CESU-8
 * A single error ends in one NUL that counts as data: go-hdb skips one byte there and panics when that
 * lies outside. Of several errors each is padded to 8 bytes; go-hdb skips 0 to 7 bytes and hdbconnect
 * 1 to 8, so a record must never be a multiple of 8 by itself: then a blank is added to its text.
 */

const RECORD_HEADER_BYTES = 18;
const LEVELS = ['warning', 'error', 'fatal'] as const;

/** An ERROR part. */
export function encodeErrors(errors: readonly ErrorRecord[]): Part {
  const writer = new WireWriter();
  for (const error of errors) {
    const text = textBytes(error.text, errors.length > 1);
    writer.writeI32(error.code).writeI32(error.position).writeI32(text.length);
    writer.writeU8(LEVELS.indexOf(error.level));
    writer.writeBytes(Buffer.from(error.sqlState.padEnd(5).slice(0, 5), 'latin1')).writeBytes(text);
    writer.writeZeros(errors.length > 1 ? paddingOf(text.length) : 1);
  }
  return makePart(PartKind.ERROR, errors.length, writer.finish());
}

export function decodeErrors(part: Part): readonly ErrorRecord[] {
  const reader = readerOf(part);
  const errors: ErrorRecord[] = [];
  for (let index = 0; index < part.argumentCount; index++) {
    const code = reader.readI32('error code');
    const position = reader.readI32('error position');
    const textLength = reader.readI32('error text length');
    const level = LEVELS[reader.readI8('error level')];
    if (level === undefined) {
      throw reader.malformed(`error ${index + 1}: expected level 0, 1 or 2`, reader.offset - 1);
    }
    const sqlState = Buffer.from(reader.readBytes(5, 'SQLSTATE')).toString('latin1');
    const text = cesu8ToString(reader.readBytes(textLength, 'error text'));
    reader.skipPadding(paddingOf(textLength));
    errors.push({ code, position, level, sqlState, text });
  }
  return errors;
}

function textBytes(text: string, oneOfSeveral: boolean): Uint8Array {
  const bytes = stringToCesu8(text);
  return oneOfSeveral && paddingOf(bytes.length) === 0 ? stringToCesu8(`${text} `) : bytes;
}

function paddingOf(textLength: number): number {
  return (8 - ((RECORD_HEADER_BYTES + textLength) % 8)) % 8;
}
