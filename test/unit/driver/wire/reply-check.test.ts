import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HanaFlightError } from '../../../../src/core/errors.ts';
import { encodeReply, makePart, type Part } from '../../../../src/driver/wire/message.ts';
import { PartKind } from '../../../../src/driver/wire/part-kind.ts';
import {
  encodeAuthentication,
  encodeFields,
} from '../../../../src/driver/wire/parts/authentication.ts';
import { encodeErrors } from '../../../../src/driver/wire/parts/error.ts';
import { encodeOptions } from '../../../../src/driver/wire/parts/options.ts';
import { encodeParameterMetadata } from '../../../../src/driver/wire/parts/parameter-metadata.ts';
import { encodeReadLobReply } from '../../../../src/driver/wire/parts/read-lob-reply.ts';
import { encodeResultSetId } from '../../../../src/driver/wire/parts/result-set-id.ts';
import { encodeResultSetMetadata } from '../../../../src/driver/wire/parts/result-set-metadata.ts';
import { encodeRowsAffected } from '../../../../src/driver/wire/parts/rows-affected.ts';
import { checkReply } from '../../../../src/driver/wire/reply-check.ts';
import { intColumn, rowsPart } from '../../../support/scripted-tables.ts';

const packet = (parts: readonly Part[], kind: 'reply' | 'error' = 'reply'): Uint8Array =>
  encodeReply({ sessionId: 1n, packetCount: 3, kind, functionCode: 5, parts });

function refusalOf(parts: readonly Part[], kind: 'reply' | 'error' = 'reply'): HanaFlightError {
  try {
    checkReply(packet(parts, kind));
  } catch (thrown) {
    if (thrown instanceof HanaFlightError) return thrown;
    throw thrown;
  }
  throw new Error('expected checkReply to refuse the reply');
}

const rounds = (count: number): Part => {
  const data = Buffer.alloc(4);
  data.writeUInt32BE(count);
  const terms = encodeFields([Buffer.alloc(16, 1), Buffer.alloc(48, 2), data]);
  return encodeAuthentication([Buffer.from('SCRAMPBKDF2SHA256'), terms]);
};

const everyPart: readonly Part[] = [
  encodeResultSetMetadata([intColumn('A'), intColumn('B')]),
  encodeResultSetId(7n),
  rowsPart(0, 3, 'more'),
  encodeRowsAffected([1, -2]),
  encodeReadLobReply({ locator: Buffer.alloc(8, 1), data: Buffer.alloc(5, 2), last: true }),
  encodeParameterMetadata([
    { typeCode: 3, nullable: true, mode: 'in', length: 10, scale: 0, name: 'P' },
  ]),
  encodeOptions(PartKind.STATEMENTCONTEXT, new Map([[2, { type: 'bigint', value: 5n }]])),
  encodeErrors([{ code: 1, position: 0, level: 'warning', sqlState: 'HY000', text: 'careful' }]),
  rounds(15_000),
];

describe('a sound reply', () => {
  test('passes with every kind of part', () => {
    expect(checkReply(packet(everyPart)).parts).toHaveLength(everyPart.length);
  });

  test('passes with parts that have no structure to check', () => {
    const parts = [makePart(PartKind.TABLELOCATION, 1, Buffer.alloc(4))];
    expect(checkReply(packet(parts)).parts).toHaveLength(1);
  });
});

test.each<[string, Part[], string]>([
  [
    'rows without bytes',
    [makePart(PartKind.RESULTSET, 3, Buffer.alloc(0))],
    'RESULTSET part: 3 rows cannot have 0 bytes',
  ],
  [
    'bytes without rows',
    [makePart(PartKind.RESULTSET, 0, Buffer.alloc(5))],
    'RESULTSET part: 0 rows cannot have 5 bytes',
  ],
  [
    'more options than bytes: node-hdb would count to two thousand million',
    [makePart(PartKind.CONNECTOPTIONS, 2 ** 31 - 1, Buffer.alloc(6))],
    'CONNECTOPTIONS part: 2147483647 options cannot fit into 6 bytes',
  ],
  [
    'a result set id that is not 8 bytes',
    [makePart(PartKind.RESULTSETID, 1, Buffer.alloc(7))],
    'RESULTSETID part: expected 8 bytes, got 7',
  ],
  [
    'metadata that is too short for its columns',
    [makePart(PartKind.RESULTSETMETADATA, 2, Buffer.alloc(30))],
    'RESULTSETMETADATA part: expected 2 bytes for column 2 filler, 0 left',
  ],
  [
    'a LOB chunk longer than its part',
    [
      makePart(
        PartKind.READLOBREPLY,
        1,
        Buffer.from(`${'00'.repeat(9)}ff000000${'00'.repeat(3)}`, 'hex'),
      ),
    ],
    'READLOBREPLY part: expected 255 bytes for data, 0 left',
  ],
  ['an unknown part kind', [{ ...rowsPart(0, 1, 'more'), kind: 99 }], 'kind 99 part: unknown'],
  [
    'password rounds that would keep a thread busy for an hour',
    [rounds(2 ** 31 - 1)],
    'AUTHENTICATION part: expected 1 to 1000000 PBKDF2 rounds, got 2147483647',
  ],
  [
    'no password rounds',
    [rounds(0)],
    'AUTHENTICATION part: expected 1 to 1000000 PBKDF2 rounds, got 0',
  ],
])('a reply is refused with %s', (_name, parts, problem) => {
  const refusal = refusalOf(parts);
  expect(refusal.code).toBe('malformed-packet');
  expect(refusal.message).toContain(problem);
});

test('an error reply without an error is refused', () => {
  expect(refusalOf([], 'error').message).toContain('expected an ERROR part');
});

test('a part that claims more bytes than there are is refused with its offset', () => {
  const bytes = packet([rowsPart(0, 3, 'more')]);
  // Length of the first part: behind message header (32), segment header (24) and 8 bytes of its own.
  new DataView(bytes.buffer, bytes.byteOffset).setInt32(64, 16, true);
  expect(checkReply(bytes).parts[0]?.data).toHaveLength(16);
  new DataView(bytes.buffer, bytes.byteOffset).setInt32(64, 17, true);
  expect(() => checkReply(bytes)).toThrow(/RESULTSET data.*at offset 72/);
});

test('whatever single byte of a reply is changed, it passes or is refused as malformed', () => {
  const sound = packet(everyPart);
  fc.assert(
    fc.property(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), (index, mask) => {
      const bytes = Uint8Array.from(sound);
      bytes[index] = (bytes[index] ?? 0) ^ mask;
      try {
        checkReply(bytes);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(HanaFlightError);
        if (thrown instanceof HanaFlightError) expect(thrown.code).toBe('malformed-packet');
      }
    }),
    { numRuns: 2000 },
  );
  expect(sound.length).toBeGreaterThan(0);
});
