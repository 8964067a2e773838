import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchBody } from '../../../src/arrow/ipc-batch.ts';
import { decodeFlightData, encodeFlightData } from '../../../src/flight/flight-data.ts';
import { messageCodec } from '../../../src/flight/protocol.ts';

interface FlightDataMessage {
  data_header: Uint8Array;
  app_metadata: Uint8Array;
  data_body: Uint8Array;
  flight_descriptor: { cmd: Uint8Array } | null;
}
const general = messageCodec<FlightDataMessage>('arrow.flight.protocol.FlightData');

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
}

describe('writing FlightData', () => {
  it('puts the header first and the body last, padded', () => {
    const frame = encodeFlightData(
      Buffer.from('hd'),
      new BatchBody([Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.of(4)]),
    );
    expect(frame).toEqual(
      hex(`
        12 02 6864              ${/* data_header, field 2: 2 bytes */ ''}
        c23e 10                 ${/* data_body, field 1000: 16 bytes */ ''}
        0102030000000000        ${/* first buffer and padding */ ''}
        0400000000000000        ${/* third buffer and padding; the second takes nothing */ ''}
      `),
    );
  });

  it('leaves the body out when there is none', () => {
    expect(encodeFlightData(Buffer.from('h'))).toEqual(hex('12 01 68'));
  });

  it('is read by a general protobuf library, whatever the sizes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(70_000), (header, length) => {
        const data = new Uint8Array(length).fill(7);
        const message = general.decode(encodeFlightData(header, new BatchBody([data])));
        expect(Buffer.compare(message.data_header, header)).toBe(0);
        expect(message.data_body.length).toBe(Math.ceil(length / 8) * 8);
        expect(Buffer.compare(message.data_body.subarray(0, length), data)).toBe(0);
      }),
    );
  });
});

describe('reading FlightData', () => {
  it('gives views of each part, as a general protobuf library wrote them', () => {
    const bytes = general.encode({
      flight_descriptor: { cmd: Buffer.from('c') },
      data_header: Buffer.from('header'),
      app_metadata: Buffer.from('m'),
      data_body: Buffer.from('body'),
    });
    const data = decodeFlightData(bytes);
    expect(Buffer.from(data.header).toString()).toBe('header');
    expect(Buffer.from(data.body).toString()).toBe('body');
    expect(Buffer.from(data.appMetadata).toString()).toBe('m');
    expect(Buffer.from(data.descriptor)).toEqual(hex('12 01 63'));
    expect(data.body.buffer).toBe(bytes.buffer);
  });

  it('skips fields that it does not know', () => {
    const unknown = hex('18 ff01  21 0000000000000000  2d 00000000  32 02 6161');
    const data = decodeFlightData(Buffer.concat([unknown, hex('12 01 68'), unknown]));
    expect(Buffer.from(data.header).toString()).toBe('h');
  });

  it.each([
    ['a length beyond the end', '12 05 61', /needs 5 bytes, 1 left/],
    ['a length of 2^63', '12 ffffffffffffffff7f', /needs \d+ bytes, 0 left/],
    ['a varint without an end', '12 ff', /no varint at byte 1 of 2/],
    ['a varint of eleven bytes', '12 ffffffffffffffffffff01', /no varint at byte 1/],
    ['a fixed64 cut short', '21 0000', /needs 8 bytes, 2 left/],
    ['a group', '0b', /expected a wire type 0, 1, 2 or 5 before byte 1, got 3/],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => decodeFlightData(hex(bytes))).toThrow(message);
  });

  it('never fails in any other way', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          decodeFlightData(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: 'HanaFlightError', code: 'invalid-argument' });
        }
        expect(bytes.length).toBeLessThanOrEqual(64);
      }),
    );
  });
});
