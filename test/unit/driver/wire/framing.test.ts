import { expect, test } from 'vitest';
import { PacketAssembler } from '../../../../src/driver/wire/framing.ts';
import {
  checkInitializationRequest,
  encodeInitializationReply,
  encodeInitializationRequest,
} from '../../../../src/driver/wire/initialization.ts';
import { encodeRequest } from '../../../../src/driver/wire/message.ts';
import { MessageType } from '../../../../src/driver/wire/message-type.ts';
import { encodeCommand } from '../../../../src/driver/wire/parts/command.ts';

const packet = (sql: string) =>
  encodeRequest({
    sessionId: 1n,
    packetCount: 1,
    messageType: MessageType.PREPARE,
    commitImmediate: false,
    commandOptions: 0,
    parts: [encodeCommand(sql)],
  });

const first = packet('SELECT 1');
const second = packet('a longer text than the first');
const stream = Buffer.concat([first, second]);

function drain(assembler: PacketAssembler): Buffer[] {
  const packets: Buffer[] = [];
  for (let next = assembler.nextPacket(); next !== undefined; next = assembler.nextPacket()) {
    packets.push(Buffer.from(next));
  }
  return packets;
}

test('two packets come out whole wherever the stream is cut', () => {
  for (let cut = 0; cut <= stream.length; cut++) {
    const assembler = new PacketAssembler(1024);
    assembler.push(stream.subarray(0, cut));
    const packets = drain(assembler);
    assembler.push(stream.subarray(cut));
    packets.push(...drain(assembler));
    expect(packets, `cut at ${cut}`).toEqual([Buffer.from(first), Buffer.from(second)]);
    expect(assembler.bufferedBytes).toBe(0);
  }
});

test('packets come out whole when every byte arrives alone', () => {
  const assembler = new PacketAssembler(1024);
  const packets: Buffer[] = [];
  for (const byte of stream) {
    assembler.push(Uint8Array.of(byte));
    packets.push(...drain(assembler));
  }
  expect(packets).toEqual([Buffer.from(first), Buffer.from(second)]);
});

test('packets come out whole when they are read to where they lie, as far as there is room', () => {
  for (let cut = 1; cut <= stream.length; cut++) {
    const assembler = new PacketAssembler(1024);
    const packets: Buffer[] = [];
    for (let at = 0; at < stream.length; ) {
      const room = assembler.room();
      const length = Math.min(cut, stream.length - at, room?.length ?? cut);
      const chunk = stream.subarray(at, at + length);
      room?.set(chunk);
      assembler.push(room?.subarray(0, length) ?? chunk);
      packets.push(...drain(assembler));
      at += length;
    }
    expect(packets, `${cut} bytes at a time`).toEqual([Buffer.from(first), Buffer.from(second)]);
    expect(assembler.room()).toBeUndefined();
  }
});

test('the bytes before the first packet are taken apart from it', () => {
  const assembler = new PacketAssembler(1024);
  assembler.push(encodeInitializationRequest().subarray(0, 9));
  expect(assembler.take(14)).toBeUndefined();
  assembler.push(Buffer.concat([encodeInitializationRequest().subarray(9), first]));
  expect(Buffer.from(assembler.take(14) ?? [])).toEqual(Buffer.from(encodeInitializationRequest()));
  expect(drain(assembler)).toEqual([Buffer.from(first)]);
});

test('a packet that claims more than the limit is refused before its bytes arrive', () => {
  const assembler = new PacketAssembler(1024);
  const header = Buffer.from(first.subarray(0, 32));
  header.writeUInt32LE(0xffff_ffff, 12);
  assembler.push(header);
  expect(() => assembler.nextPacket()).toThrow(
    'message header: expected a packet of at most 1024 bytes, got 4294967327, at offset 12',
  );
});

test('the initialization has the bytes every driver sends and accepts', () => {
  expect(Buffer.from(encodeInitializationRequest()).toString('hex')).toBe(
    'ffffffff04140004010000010101',
  );
  expect(Buffer.from(encodeInitializationReply()).toString('hex')).toBe('0414000401000000');
});

test.each([
  ['node-hdb, go-hdb', 'ffffffff 04 1400 04 0100 00 01 01 01'],
  ['hdbconnect, minors big endian', 'ffffffff 04 0014 04 0001 00 01 01 01'],
])('the initialization of %s is taken', (_, hex) => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  expect(() => checkInitializationRequest(bytes)).not.toThrow();
});

test.each([
  ['HTTP', Buffer.from('GET / HTTP/1.1'), /expected 14 bytes that start with ff ff ff ff/],
  [
    'a big endian client',
    Buffer.from('ffffffff04140004010000010100', 'hex'),
    /got 0, at offset 13/,
  ],
])('the initialization of %s is refused', (_, bytes, text) => {
  expect(() => checkInitializationRequest(bytes)).toThrow(text);
});
