import { BodyCompression } from 'apache-arrow/fb/body-compression';
import { BodyCompressionMethod } from 'apache-arrow/fb/body-compression-method';
import { Buffer as BufferStruct } from 'apache-arrow/fb/buffer';
import { CompressionType } from 'apache-arrow/fb/compression-type';
import { DictionaryBatch } from 'apache-arrow/fb/dictionary-batch';
import { DictionaryEncoding } from 'apache-arrow/fb/dictionary-encoding';
import { Endianness } from 'apache-arrow/fb/endianness';
import { Field } from 'apache-arrow/fb/field';
import { FieldNode } from 'apache-arrow/fb/field-node';
import { Int } from 'apache-arrow/fb/int';
import { Message } from 'apache-arrow/fb/message';
import { MessageHeader } from 'apache-arrow/fb/message-header';
import { MetadataVersion } from 'apache-arrow/fb/metadata-version';
import { RecordBatch } from 'apache-arrow/fb/record-batch';
import { Schema } from 'apache-arrow/fb/schema';
import { Builder } from 'flatbuffers';
import type { IpcMessage } from './ipc-messages.ts';

/** A field that our own writer does not write. */
export interface RawField {
  readonly name: string;
  /** A value of the flatbuffer union `Type`, or one that it does not have. */
  readonly tag: number;
  /** Writes the type table. */
  readonly type: (builder: Builder) => number;
  readonly children?: readonly RawField[];
  readonly dictionary?: { readonly id: bigint; readonly bits?: number; readonly signed?: boolean };
}

/** Every claim of a record batch, true or not. */
export interface RawBatch {
  readonly length: number | bigint;
  /** Length and null count. */
  readonly nodes: readonly (readonly [number | bigint, number | bigint])[];
  readonly buffers: readonly Uint8Array[];
  readonly variadicCounts?: readonly number[];
  readonly compressed?: boolean;
  /** Overrides what the header says of the buffers: offset and length. */
  readonly claims?: readonly (readonly [number | bigint, number | bigint])[];
}

/** The header of a schema message. */
export function rawSchema(
  fields: readonly RawField[],
  endianness: Endianness = Endianness.Little,
  version: MetadataVersion = MetadataVersion.V5,
): Uint8Array {
  const builder = new Builder();
  const offsets = Schema.createFieldsVector(
    builder,
    fields.map((field) => writeField(builder, field)),
  );
  Schema.startSchema(builder);
  Schema.addEndianness(builder, endianness);
  Schema.addFields(builder, offsets);
  return finished(builder, MessageHeader.Schema, Schema.endSchema(builder), version);
}

export function rawBatch(batch: RawBatch): IpcMessage {
  const builder = new Builder();
  const header = finished(builder, MessageHeader.RecordBatch, writeBatch(builder, batch));
  return { header, body: bodyOf(batch) };
}

export function rawDictionary(id: bigint, batch: RawBatch, isDelta = false): IpcMessage {
  const builder = new Builder();
  const data = writeBatch(builder, batch);
  DictionaryBatch.startDictionaryBatch(builder);
  DictionaryBatch.addId(builder, id);
  DictionaryBatch.addData(builder, data);
  DictionaryBatch.addIsDelta(builder, isDelta);
  const offset = DictionaryBatch.endDictionaryBatch(builder);
  return {
    header: finished(builder, MessageHeader.DictionaryBatch, offset),
    body: bodyOf(batch),
  };
}

function writeField(builder: Builder, field: RawField): number {
  const children = (field.children ?? []).map((child) => writeField(builder, child));
  const childVector = Field.createChildrenVector(builder, children);
  const type = field.type(builder);
  const name = builder.createString(field.name);
  const dictionary = field.dictionary && writeDictionary(builder, field.dictionary);
  Field.startField(builder);
  Field.addName(builder, name);
  Field.addNullable(builder, true);
  // Slot 2 of the table Field; the generated writer takes known types only.
  builder.addFieldInt8(2, field.tag, 0);
  Field.addType(builder, type);
  Field.addChildren(builder, childVector);
  if (dictionary !== undefined) Field.addDictionary(builder, dictionary);
  return Field.endField(builder);
}

function writeDictionary(
  builder: Builder,
  { id, bits, signed = true }: NonNullable<RawField['dictionary']>,
): number {
  const index = bits === undefined ? undefined : Int.createInt(builder, bits, signed);
  DictionaryEncoding.startDictionaryEncoding(builder);
  DictionaryEncoding.addId(builder, id);
  if (index !== undefined) DictionaryEncoding.addIndexType(builder, index);
  return DictionaryEncoding.endDictionaryEncoding(builder);
}

function writeBatch(builder: Builder, batch: RawBatch): number {
  const { nodes, buffers, variadicCounts, compressed } = batch;
  const claims = batch.claims ?? placed(buffers);
  RecordBatch.startNodesVector(builder, nodes.length);
  for (const [length, nullCount] of nodes.toReversed()) {
    FieldNode.createFieldNode(builder, BigInt(length), BigInt(nullCount));
  }
  const nodeVector = builder.endVector();
  RecordBatch.startBuffersVector(builder, claims.length);
  for (const [offset, length] of claims.toReversed()) {
    BufferStruct.createBuffer(builder, BigInt(offset), BigInt(length));
  }
  const bufferVector = builder.endVector();
  const counts =
    variadicCounts &&
    RecordBatch.createVariadicBufferCountsVector(
      builder,
      variadicCounts.map((count) => BigInt(count)),
    );
  const compression = compressed === true ? writeCompression(builder) : undefined;
  RecordBatch.startRecordBatch(builder);
  RecordBatch.addLength(builder, BigInt(batch.length));
  RecordBatch.addNodes(builder, nodeVector);
  RecordBatch.addBuffers(builder, bufferVector);
  if (compression !== undefined) RecordBatch.addCompression(builder, compression);
  if (counts !== undefined) RecordBatch.addVariadicBufferCounts(builder, counts);
  return RecordBatch.endRecordBatch(builder);
}

function writeCompression(builder: Builder): number {
  BodyCompression.startBodyCompression(builder);
  BodyCompression.addCodec(builder, CompressionType.ZSTD);
  BodyCompression.addMethod(builder, BodyCompressionMethod.BUFFER);
  return BodyCompression.endBodyCompression(builder);
}

const padded = (length: number) => Math.ceil(length / 8) * 8;

function placed(buffers: readonly Uint8Array[]): readonly (readonly [number, number])[] {
  let at = 0;
  return buffers.map(({ length }) => {
    const offset = at;
    at += padded(length);
    return [offset, length];
  });
}

function bodyOf({ buffers }: RawBatch): Uint8Array {
  const body = new Uint8Array(buffers.reduce((sum, { length }) => sum + padded(length), 0));
  let at = 0;
  for (const buffer of buffers) {
    body.set(buffer, at);
    at += padded(buffer.length);
  }
  return body;
}

function finished(
  builder: Builder,
  type: MessageHeader,
  header: number,
  version: MetadataVersion = MetadataVersion.V5,
): Uint8Array {
  const message = Message.createMessage(builder, version, type, header, 0n, 0);
  Message.finishMessageBuffer(builder, message);
  return builder.asUint8Array();
}
