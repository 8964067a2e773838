import { Endianness } from 'apache-arrow/fb/endianness';
import { Field } from 'apache-arrow/fb/field';
import { KeyValue } from 'apache-arrow/fb/key-value';
import { Message } from 'apache-arrow/fb/message';
import { MessageHeader } from 'apache-arrow/fb/message-header';
import { MetadataVersion } from 'apache-arrow/fb/metadata-version';
import { Schema } from 'apache-arrow/fb/schema';
import { Builder, type Offset } from 'flatbuffers';
import { oncePerObject } from '../core/once-per-object.ts';
import { encapsulateMessage } from './ipc-message.ts';
import { childrenOf, writeType } from './ipc-type.ts';
import type { ArrowField, ArrowSchema } from './types.ts';

/** Room for a schema of some ten columns; the builder doubles it as needed. */
const INITIAL_BYTES = 1024;
const NO_OFFSET: Offset = 0;

/**
 * The flatbuffer Message of a schema, as FlightData.data_header carries it. Equal schemas give equal
 * bytes, so what FlightInfo promised can be compared with what a stream starts with. The bytes are shared
 * and not to be changed: a schema is sent when its query is prepared, planned and read.
 */
export const encodeSchemaHeader = oncePerObject(encodeHeader);

function encodeHeader(schema: ArrowSchema): Uint8Array {
  const builder = new Builder(INITIAL_BYTES);
  const fields = schema.fields.map((field) => writeField(builder, field));
  const fieldVector = Schema.createFieldsVector(builder, fields);
  Schema.startSchema(builder);
  Schema.addEndianness(builder, Endianness.Little);
  Schema.addFields(builder, fieldVector);
  const header = Schema.endSchema(builder);
  const message = Message.createMessage(
    builder,
    MetadataVersion.V5,
    MessageHeader.Schema,
    header,
    0n,
    NO_OFFSET,
  );
  Message.finishMessageBuffer(builder, message);
  return builder.asUint8Array();
}

/**
 * The encapsulated IPC Schema message that FlightInfo.schema, SchemaResult, dataset_schema,
 * parameter_schema and table_schema want. A bare flatbuffer in its place breaks Go and C++ clients.
 */
export function encodeSchemaMessage(schema: ArrowSchema): Uint8Array {
  return encapsulateMessage(encodeSchemaHeader(schema));
}

function writeField(builder: Builder, field: ArrowField): Offset {
  const children = childrenOf(field.type).map((child) => writeField(builder, child));
  const childVector = Field.createChildrenVector(builder, children);
  const metadata = writeMetadata(builder, field.metadata);
  const type = writeType(builder, field.type);
  const name = builder.createString(field.name);
  Field.startField(builder);
  Field.addName(builder, name);
  Field.addNullable(builder, field.nullable);
  Field.addTypeType(builder, type.tag);
  Field.addType(builder, type.offset);
  // Readers insist on the vector, even when it is empty.
  Field.addChildren(builder, childVector);
  if (metadata !== NO_OFFSET) Field.addCustomMetadata(builder, metadata);
  return Field.endField(builder);
}

function writeMetadata(
  builder: Builder,
  metadata: Readonly<Record<string, string>> | undefined,
): Offset {
  const entries = Object.entries(metadata ?? {});
  if (entries.length === 0) return NO_OFFSET;
  // Fields of one schema have the same keys, and often the same values: each text is written once.
  const pairs = entries.map(([key, value]) => {
    const keyOffset = builder.createSharedString(key);
    return KeyValue.createKeyValue(builder, keyOffset, builder.createSharedString(value));
  });
  return Field.createCustomMetadataVector(builder, pairs);
}
