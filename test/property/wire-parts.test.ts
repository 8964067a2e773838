import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HanaFlightError } from '../../src/core/errors.ts';
import { PacketAssembler } from '../../src/driver/wire/framing.ts';
import {
  decodeReply,
  decodeRequest,
  encodeReply,
  encodeRequest,
  makePart,
  type Part,
} from '../../src/driver/wire/message.ts';
import type { ColumnMetadata, ParameterMetadata } from '../../src/driver/wire/metadata.ts';
import { PartKind } from '../../src/driver/wire/part-kind.ts';
import {
  decodeAuthentication,
  decodeFields,
  encodeFields,
} from '../../src/driver/wire/parts/authentication.ts';
import { decodeClientId } from '../../src/driver/wire/parts/client-id.ts';
import { decodeClientInfo, encodeClientInfo } from '../../src/driver/wire/parts/client-info.ts';
import { decodeCommand, encodeCommand } from '../../src/driver/wire/parts/command.ts';
import { decodeErrors, encodeErrors } from '../../src/driver/wire/parts/error.ts';
import { decodeFetchSize } from '../../src/driver/wire/parts/fetch-size.ts';
import {
  decodeOptions,
  encodeOptions,
  type OptionValue,
} from '../../src/driver/wire/parts/options.ts';
import {
  decodeParameterMetadata,
  encodeParameterMetadata,
} from '../../src/driver/wire/parts/parameter-metadata.ts';
import {
  decodeParameters,
  encodeParameters,
  type ParameterValue,
} from '../../src/driver/wire/parts/parameters.ts';
import {
  decodeReadLobReply,
  encodeReadLobReply,
} from '../../src/driver/wire/parts/read-lob-reply.ts';
import {
  decodeReadLobRequest,
  encodeReadLobRequest,
} from '../../src/driver/wire/parts/read-lob-request.ts';
import { decodeResultSetId } from '../../src/driver/wire/parts/result-set-id.ts';
import {
  decodeResultSetMetadata,
  encodeResultSetMetadata,
} from '../../src/driver/wire/parts/result-set-metadata.ts';
import {
  decodeRowsAffected,
  encodeRowsAffected,
} from '../../src/driver/wire/parts/rows-affected.ts';
import { decodeStatementId } from '../../src/driver/wire/parts/statement-id.ts';
import {
  decodeWriteLobReply,
  encodeWriteLobReply,
} from '../../src/driver/wire/parts/write-lob-reply.ts';
import {
  decodeWriteLobRequests,
  encodeWriteLobRequests,
} from '../../src/driver/wire/parts/write-lob-request.ts';
import { TypeCode } from '../../src/driver/wire/type-code.ts';

const i8 = fc.integer({ min: -128, max: 127 });
const i16 = fc.integer({ min: -32_768, max: 32_767 });
const i32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
/** Well-formed text of any characters, supplementary ones included. */
const text = fc.string({ unit: 'binary', maxLength: 60 });
const data = fc.uint8Array({ maxLength: 300 });
const locator = fc.uint8Array({ minLength: 8, maxLength: 8 });
const name = fc.option(fc.string({ unit: 'binary', maxLength: 30 }), { nil: undefined });

/** Compares bytes as plain arrays: a decoder returns views, and a Buffer is not equal to a Uint8Array. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, part: unknown) => {
      if (typeof part === 'bigint') return `${part}n`;
      if (part instanceof Map) return [...part];
      if (ArrayBuffer.isView(part)) return Array.from(part as Uint8Array);
      if (typeof part === 'object' && part !== null && 'type' in part && part.type === 'Buffer') {
        return (part as { data?: unknown }).data;
      }
      return part;
    }),
  );

function roundTrips<T>(
  title: string,
  values: fc.Arbitrary<T>,
  encode: (value: T) => Part,
  decode: (part: Part) => unknown,
): void {
  test(`${title}: decoding what was encoded gives the same`, () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(plain(decode(encode(value)))).toEqual(plain(value));
      }),
    );
  });
}

const optionValue: fc.Arbitrary<OptionValue> = fc.oneof(
  fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('int' as const), value: i32 }),
  fc.record({ type: fc.constant('tinyint' as const), value: fc.nat(255) }),
  fc.record({ type: fc.constant('bigint' as const), value: i64 }),
  fc.record({ type: fc.constant('double' as const), value: fc.double({ noNaN: true }) }),
  fc.record({ type: fc.constant('string' as const), value: fc.string({ unit: 'grapheme' }) }),
  fc.record({ type: fc.constant('bytes' as const), value: data }),
);

const columns: fc.Arbitrary<ColumnMetadata[]> = fc.array(
  fc.record({
    typeCode: fc.nat(127),
    nullable: fc.boolean(),
    length: i16,
    scale: i16,
    schemaName: name,
    tableName: name,
    columnName: name,
    displayName: fc.string({ unit: 'binary', maxLength: 30 }),
  }),
  { maxLength: 20 },
);

const parameters: fc.Arbitrary<ParameterMetadata[]> = fc.array(
  fc.record({
    typeCode: fc.nat(127),
    nullable: fc.boolean(),
    mode: fc.constantFrom('in' as const, 'inout' as const, 'out' as const),
    length: i16,
    scale: i16,
    name,
  }),
  { maxLength: 20 },
);

roundTrips('COMMAND', text, encodeCommand, decodeCommand);
roundTrips(
  'CLIENTINFO',
  fc.array(fc.tuple(text, text)).map((e) => new Map(e)),
  encodeClientInfo,
  decodeClientInfo,
);
roundTrips(
  'CONNECTOPTIONS',
  fc.array(fc.tuple(i8, optionValue)).map((entries) => new Map(entries)),
  (options) => encodeOptions(PartKind.CONNECTOPTIONS, options),
  decodeOptions,
);
roundTrips('ROWSAFFECTED', fc.array(i32), encodeRowsAffected, decodeRowsAffected);
roundTrips('RESULTSETMETADATA', columns, encodeResultSetMetadata, decodeResultSetMetadata);
roundTrips('PARAMETERMETADATA', parameters, encodeParameterMetadata, decodeParameterMetadata);
roundTrips(
  'READLOBREQUEST',
  fc.record({ locator, offset: i64, length: i32 }),
  encodeReadLobRequest,
  decodeReadLobRequest,
);
roundTrips(
  'READLOBREPLY',
  fc.record({ locator, data, last: fc.boolean() }),
  encodeReadLobReply,
  decodeReadLobReply,
);
roundTrips(
  'WRITELOBREQUEST',
  fc.array(fc.record({ locator, offset: i64, data, last: fc.boolean() })),
  encodeWriteLobRequests,
  decodeWriteLobRequests,
);
roundTrips('WRITELOBREPLY', fc.array(locator), encodeWriteLobReply, decodeWriteLobReply);

test('ERROR: decoding what was encoded gives the same, but for a blank that padding may need', () => {
  const record = fc.record({
    code: i32,
    position: i32,
    level: fc.constantFrom('warning' as const, 'error' as const, 'fatal' as const),
    sqlState: fc.stringMatching(/^[0-9A-Z]{5}$/),
    text,
  });
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (records) => {
      const decoded = decodeErrors(encodeErrors(records));
      const trimmed = decoded.map((one, index) =>
        one.text === `${records[index]?.text} ` ? { ...one, text: one.text.slice(0, -1) } : one,
      );
      expect(trimmed).toEqual(records);
    }),
  );
});

test('authentication fields: decoding what was encoded gives the same', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 9 }), (fields) => {
      expect(plain(decodeFields(encodeFields(fields), 'fields'))).toEqual(plain(fields));
    }),
  );
});

const declared: ParameterMetadata = {
  typeCode: TypeCode.NVARCHAR,
  nullable: true,
  mode: 'in',
  length: 5000,
  scale: 0,
  name: undefined,
};

test('PARAMETERS: values of every kind in any order come back', () => {
  const value: fc.Arbitrary<ParameterValue> = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true }),
    i64,
    text,
    data,
    fc.float32Array({ noNaN: true, maxLength: 20 }),
    fc.record({
      kind: fc.constant('lob' as const),
      character: fc.boolean(),
      data,
      complete: fc.boolean(),
    }),
  );
  const rowsOf = (width: number) =>
    fc.array(fc.array(value, { minLength: width, maxLength: width }), {
      minLength: 1,
      maxLength: 5,
    });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }).chain(rowsOf), (rows) => {
      const all = Array.from({ length: rows[0]?.length ?? 0 }, () => declared);
      expect(plain(decodeParameters(encodeParameters(rows, all), all))).toEqual(plain(rows));
    }),
  );
});

const part: fc.Arbitrary<Part> = fc.record({
  kind: i8,
  attributes: fc.nat(255),
  argumentCount: fc.nat(100_000),
  data,
});
const messageBase = { sessionId: i64, packetCount: i32, parts: fc.array(part, { maxLength: 6 }) };
const request = fc.record({
  ...messageBase,
  messageType: i8,
  commitImmediate: fc.boolean(),
  commandOptions: fc.nat(255),
});
const reply = fc.record({
  ...messageBase,
  kind: fc.constantFrom('reply' as const, 'error' as const),
  functionCode: i16,
});

test('messages: decoding what was encoded gives the same', () => {
  fc.assert(
    fc.property(request, reply, (one, other) => {
      expect(plain(decodeRequest(encodeRequest(one)))).toEqual(plain(one));
      expect(plain(decodeReply(encodeReply(other)))).toEqual(plain(other));
    }),
  );
});

test('messages come out of a stream whole, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(request, { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 200 })),
      (requests, sizes) => {
        const packets = requests.map(encodeRequest);
        const stream = Buffer.concat(packets);
        const assembler = new PacketAssembler(1 << 20);
        const taken: number[][] = [];
        for (let at = 0; at < stream.length; ) {
          const size = sizes.next().value as number;
          assembler.push(stream.subarray(at, at + size));
          at += size;
          for (let next = assembler.nextPacket(); next; next = assembler.nextPacket()) {
            taken.push([...next]);
          }
        }
        expect(taken).toEqual(packets.map((packet) => [...packet]));
      },
    ),
  );
});

/** Every decoder of bytes from a peer. */
const DECODERS: Readonly<Record<string, (part: Part) => unknown>> = {
  AUTHENTICATION: decodeAuthentication,
  CLIENTID: decodeClientId,
  CLIENTINFO: decodeClientInfo,
  COMMAND: decodeCommand,
  ERROR: decodeErrors,
  FETCHSIZE: decodeFetchSize,
  CONNECTOPTIONS: decodeOptions,
  PARAMETERMETADATA: decodeParameterMetadata,
  PARAMETERS: (bytes) => decodeParameters(bytes, [declared, declared]),
  READLOBREPLY: decodeReadLobReply,
  READLOBREQUEST: decodeReadLobRequest,
  RESULTSETID: decodeResultSetId,
  RESULTSETMETADATA: decodeResultSetMetadata,
  ROWSAFFECTED: decodeRowsAffected,
  STATEMENTID: decodeStatementId,
  WRITELOBREPLY: decodeWriteLobReply,
  WRITELOBREQUEST: decodeWriteLobRequests,
};

function rejectsCleanly(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!(error instanceof HanaFlightError)) throw error;
    expect(['malformed-packet', 'unrepresentable-value']).toContain(error.code);
  }
}

test.each(Object.entries(DECODERS))('%s: any bytes give a value or a typed error', (_, decode) => {
  expect.hasAssertions();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(2 ** 31 - 1), (bytes, count) => {
      rejectsCleanly(() => decode(makePart(PartKind.COMMAND, count, bytes)));
    }),
    { numRuns: 300 },
  );
  expect(decode).toBeTypeOf('function');
});

test('messages: any bytes, and a good message with any byte changed, give a value or a typed error', () => {
  fc.assert(
    fc.property(request, fc.nat(), fc.nat(255), fc.uint8Array(), (good, at, byte, bytes) => {
      const packet = encodeRequest(good);
      packet[at % packet.length] = byte;
      rejectsCleanly(() => decodeRequest(packet));
      rejectsCleanly(() => decodeReply(packet));
      rejectsCleanly(() => decodeRequest(bytes));
      expect(packet.length).toBeGreaterThan(32);
    }),
    { numRuns: 500 },
  );
});
