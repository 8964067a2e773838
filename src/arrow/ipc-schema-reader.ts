import { DictionaryEncoding } from 'apache-arrow/fb/dictionary-encoding';
import { Endianness } from 'apache-arrow/fb/endianness';
import type { Field } from 'apache-arrow/fb/field';
import { Int } from 'apache-arrow/fb/int';
import { MessageHeader } from 'apache-arrow/fb/message-header';
import { Schema } from 'apache-arrow/fb/schema';
import { HanaFlightError } from '../core/errors.ts';
import type { DictionaryReference, IncomingField } from './incoming-field.ts';
import { invalidField, readIncomingType } from './incoming-type.ts';
import { readMessage } from './ipc-message-reader.ts';

/** Far more than a HANA table has columns. Fields may share bytes, so the header's size is no limit. */
const MAX_FIELDS = 65_536;
/** Lists hold floats: a child of a child is refused before it is read. */
const MAX_DEPTH = 2;

/**
 * The fields of the schema that a stream begins with.
 * @param header The flatbuffer Message of FlightData.data_header.
 * @throws HanaFlightError `unimplemented` for a type that is not offered and for big-endian data,
 * `invalid-argument` for what is not a schema.
 */
export function readSchema(header: Uint8Array): readonly IncomingField[] {
  const schema = readMessage(header).tableOf(MessageHeader.Schema, new Schema());
  if (schema.endianness() !== Endianness.Little) {
    throw new HanaFlightError(
      'unimplemented',
      `Arrow schema: expected little-endian data (0), got endianness ${schema.endianness()}`,
    );
  }
  const length = schema.fieldsLength();
  if (length > MAX_FIELDS) {
    throw invalidField({ place: 'Arrow schema' }, `up to ${MAX_FIELDS} fields`, `${length}`);
  }
  return Array.from({ length }, (_, index) => {
    return readField(schema.fields(index), `field ${index + 1}`, 1);
  });
}

function readField(source: Field | null, ordinal: string, depth: number): IncomingField {
  if (source === null || depth > MAX_DEPTH) {
    throw invalidField({ place: ordinal }, `a field at depth ${MAX_DEPTH} or less`, 'another');
  }
  const name = source.name() ?? '';
  const place = `${ordinal} "${name}"`;
  const item = () => readField(source.children(0), `${place}, item`, depth + 1);
  const { type, layout } = readIncomingType({ place, field: source, item });
  const metadata = readMetadata(source, place);
  const field = { name, type, nullable: source.nullable() };
  const described = metadata === undefined ? field : { ...field, metadata };
  const dictionary = source.dictionary(new DictionaryEncoding());
  if (dictionary === null) return { field: described, layout };
  if ('item' in layout || layout.kind === 'null') {
    throw new HanaFlightError(
      'unimplemented',
      `${place}: expected a dictionary of plain values, got one of ${type.kind}`,
    );
  }
  return { field: described, layout, dictionary: readDictionary(dictionary, place) };
}

function readDictionary(dictionary: DictionaryEncoding, place: string): DictionaryReference {
  const id = dictionary.id();
  const index = dictionary.indexType(new Int());
  if (index === null) return { id, indexBytes: 4, signed: true };
  const indexBytes = index.bitWidth() / 8;
  if (indexBytes === 1 || indexBytes === 2 || indexBytes === 4 || indexBytes === 8) {
    return { id, indexBytes, signed: index.isSigned() };
  }
  throw invalidField({ place }, 'indices of 8, 16, 32 or 64 bits', `${index.bitWidth()} bits`);
}

function readMetadata(source: Field, place: string): Readonly<Record<string, string>> | undefined {
  const count = source.customMetadataLength();
  if (count === 0) return undefined;
  const entries: (readonly [string, string])[] = [];
  for (let index = 0; index < count; index++) {
    const pair = source.customMetadata(index);
    const key = pair?.key() ?? undefined;
    if (key === undefined) throw invalidField({ place }, 'metadata with keys', 'an entry without');
    entries.push([key, pair?.value() ?? '']);
  }
  return Object.fromEntries(entries);
}
