import { DictionaryBatch } from 'apache-arrow/fb/dictionary-batch';
import { MessageHeader } from 'apache-arrow/fb/message-header';
import { RecordBatch } from 'apache-arrow/fb/record-batch';
import { HanaFlightError } from '../core/errors.ts';
import type { ArrowBatch } from './batch.ts';
import { type ArrowColumn, makeBatch } from './columns.ts';
import { Dictionary, decodeIndices } from './dictionary.ts';
import type { DictionaryReference, IncomingField } from './incoming-field.ts';
import { BodyReader } from './ipc-batch-reader.ts';
import { readMessage } from './ipc-message-reader.ts';
import { readSchema } from './ipc-schema-reader.ts';
import { columnOf } from './plain-array.ts';
import { type LeafLayout, readArray, readColumn } from './plain-layout.ts';
import type { ArrowSchema } from './types.ts';

/**
 * Reads what one stream of FlightData messages brings and gives batches in plain layouts: dictionaries
 * decoded; large and view layouts as utf8 and binary, fixed-size binary as binary; decimals of every
 * width as decimal128, date64 as date32, float16 as float32. Plain buffers are not copied, except when
 * they do not begin at a multiple of 8 bytes; so a batch lives on the body it was read from.
 *
 * Everything that the peer says about lengths, offsets and counts is checked. Methods throw
 * HanaFlightError: `invalid-argument` for what is malformed, `unimplemented` for what Arrow has and this
 * reader does not, `resource-exhausted` for a batch that would grow out of proportion.
 */
export class BatchReader {
  /** The types of the batches that {@link read} gives. */
  readonly schema: ArrowSchema;
  readonly #fields: readonly IncomingField[];
  readonly #dictionaries: ReadonlyMap<bigint, KnownDictionary>;

  /** @param schemaHeader The flatbuffer Message of the schema, as FlightData.data_header carries it. */
  constructor(schemaHeader: Uint8Array) {
    this.#fields = readSchema(schemaHeader);
    this.#dictionaries = dictionariesOf(this.#fields);
    this.schema = { fields: this.#fields.map(({ field }) => field) };
  }

  /**
   * Reads the next message.
   * @param header The flatbuffer Message, without the 8 bytes that precede it in a stream.
   * @returns undefined for a dictionary batch.
   */
  read(header: Uint8Array, body: Uint8Array): ArrowBatch | undefined {
    const message = readMessage(header);
    if (message.type === MessageHeader.DictionaryBatch) {
      const batch = message.tableOf(MessageHeader.DictionaryBatch, new DictionaryBatch());
      this.#readDictionary(batch, body);
      return undefined;
    }
    const batch = message.tableOf(MessageHeader.RecordBatch, new RecordBatch());
    const reader = new BodyReader(batch, body);
    const columns = this.#fields.map((field, index) => {
      const place = `column ${index + 1} "${field.field.name}"`;
      return this.#readColumn(field, reader, place);
    });
    reader.finish();
    return makeBatch(reader.rowCount, columns);
  }

  #readColumn(field: IncomingField, body: BodyReader, place: string): ArrowColumn {
    const { dictionary: reference } = field;
    if (reference === undefined) return readColumn(field, { body, place, rows: body.rowCount });
    const { indexBytes } = reference;
    const layout = { kind: 'fixed', bytes: indexBytes, plainBytes: indexBytes } as const;
    const { length, validity, values } = readArray(layout, { body, place, rows: body.rowCount });
    const indices = values.kind === 'fixed' ? values.bytes : NO_BYTES;
    const known = this.#dictionaries.get(reference.id)?.dictionary.values(place);
    return columnOf(decodeIndices({ length, validity, indices, reference, place }, known));
  }

  #readDictionary(batch: DictionaryBatch, body: Uint8Array): void {
    const id = batch.id();
    const known = this.#dictionaries.get(id);
    const data = batch.data(new RecordBatch());
    if (known === undefined || data === null) {
      throw new HanaFlightError(
        'invalid-argument',
        `dictionary batch: expected data of a dictionary that the schema names, got dictionary ${id}`,
      );
    }
    const place = `dictionary ${id}`;
    const reader = new BodyReader(data, body);
    const values = readArray(known.layout, { body: reader, place, rows: reader.rowCount });
    reader.finish();
    known.dictionary.add(values, batch.isDelta(), place);
  }
}

const NO_BYTES = new Uint8Array(0);

interface KnownDictionary {
  readonly layout: LeafLayout;
  readonly type: string;
  readonly dictionary: Dictionary;
}

function dictionariesOf(fields: readonly IncomingField[]): ReadonlyMap<bigint, KnownDictionary> {
  const dictionaries = new Map<bigint, KnownDictionary>();
  for (const { field, layout, dictionary: reference } of fields) {
    if (reference === undefined) continue;
    if (!isLeaf(layout)) continue;
    const known = dictionaries.get(reference.id);
    const type = JSON.stringify([field.type, layout]);
    if (known === undefined) {
      dictionaries.set(reference.id, { layout, type, dictionary: new Dictionary() });
    } else if (known.type !== type) {
      throw sharedByTypes(field.name, reference);
    }
  }
  return dictionaries;
}

function isLeaf(layout: IncomingField['layout']): layout is LeafLayout {
  return layout.kind !== 'null' && !('item' in layout);
}

function sharedByTypes(name: string, { id }: DictionaryReference): HanaFlightError {
  return new HanaFlightError(
    'invalid-argument',
    `field "${name}": expected a dictionary of one type, got dictionary ${id} of another field's type`,
  );
}
