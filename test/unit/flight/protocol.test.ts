import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  FLIGHT,
  flightService,
  messageCodec,
  packAny,
  unpackAny,
} from '../../../src/flight/protocol.ts';
import { differences, specificationOf } from '../../support/flight-specification.ts';
import specification from './specification.json' with { type: 'json' };

const protoFiles = ['Flight.proto', 'FlightSql.proto'].map((name) =>
  fileURLToPath(new URL(`../../../proto/${name}`, import.meta.url)),
);

describe('the protocol files', () => {
  const ours = specificationOf(protoFiles);

  it('define what the Arrow specification defines: names, numbers, types and labels', () => {
    expect(differences(specification, ours)).toEqual([]);
    expect(Object.keys(ours.messages)).toHaveLength(62);
    expect(Object.keys(ours.rpcs)).toHaveLength(10);
  });

  const planted: readonly (readonly [string, (copy: typeof specification) => void, string])[] = [
    [
      'a missing field',
      ({ messages }) => {
        Reflect.deleteProperty(messages['arrow.flight.protocol.FlightInfo'], 'ordered');
      },
      'missing: arrow.flight.protocol.FlightInfo.ordered: bool = 6',
    ],
    [
      'a renumbered field',
      ({ messages }) => {
        messages['arrow.flight.protocol.FlightData'].data_body = 'bytes = 4';
      },
      'missing: arrow.flight.protocol.FlightData.data_body: bytes = 1000',
    ],
    [
      'a lost optional',
      ({ messages }) => {
        messages['arrow.flight.protocol.sql.CommandGetTables'].catalog = 'string = 1';
      },
      'missing: arrow.flight.protocol.sql.CommandGetTables.catalog: optional string = 1',
    ],
    [
      'a missing enum value',
      ({ enums }) => {
        Reflect.deleteProperty(enums['arrow.flight.protocol.sql.SqlInfo'], 'SQL_KEYWORDS');
      },
      'missing: arrow.flight.protocol.sql.SqlInfo.SQL_KEYWORDS = 508',
    ],
    [
      'an RPC that no longer streams',
      ({ rpcs }) => {
        rpcs['arrow.flight.protocol.FlightService.DoGet'] = 'Ticket -> FlightData';
      },
      'missing: rpc arrow.flight.protocol.FlightService.DoGet: Ticket -> stream FlightData',
    ],
  ];
  it.each(planted)('would be found out by the comparison: %s', (_what, damage, expected) => {
    const damaged = structuredClone(specification);
    damage(damaged);
    expect(differences(specification, damaged)).toContain(expected);
  });
});

describe('a message codec', () => {
  it('writes and reads a FlightInfo, 64-bit numbers as text', () => {
    const bytes = FLIGHT.info.encode({
      schema: Buffer.from('s'),
      endpoint: [{ ticket: { ticket: Buffer.from('t') } }],
      total_records: -1,
      total_bytes: '9007199254740993',
      ordered: true,
    });
    const info = FLIGHT.info.decode(bytes);
    expect(info).toMatchObject({
      total_records: '-1',
      total_bytes: '9007199254740993',
      ordered: true,
    });
    expect(Buffer.from(info.endpoint[0]?.ticket?.ticket ?? []).toString()).toBe('t');
  });

  it('names the message when bytes are not one', () => {
    expect(() => FLIGHT.ticket.decode(Buffer.from([0x0a, 0xff]))).toThrow(
      /arrow\.flight\.protocol\.Ticket: 2 bytes are not a valid message/,
    );
  });

  it('refuses a name that proto/ does not define', () => {
    expect(() => messageCodec('arrow.flight.protocol.Nothing')).toThrow(/defines no message/);
  });
});

describe('google.protobuf.Any', () => {
  it('carries type name and bytes', () => {
    const packed = packAny(FLIGHT.ticket, { ticket: Buffer.from('x') });
    const { typeName, value } = unpackAny(packed, 'test');
    expect(typeName).toBe('arrow.flight.protocol.Ticket');
    expect(Buffer.from(FLIGHT.ticket.decode(value).ticket).toString()).toBe('x');
  });

  it.each([
    ['no bytes', Buffer.alloc(0), /ticket: expected a Flight SQL message .* got no bytes/],
    ['other bytes', Buffer.from('SELECT 1'), /ticket: expected a Flight SQL message .* got 8 /],
    ['no type URL', Buffer.from([0x12, 0x01, 0x61]), /got 3 bytes without a type URL/],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => unpackAny(bytes, 'ticket')).toThrow(message);
  });
});

describe('the service', () => {
  it('has ten RPCs', () => {
    expect(Object.keys(flightService)).toHaveLength(10);
  });
});
