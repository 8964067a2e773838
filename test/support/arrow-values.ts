import { type Data, DataType, TimeUnit, tableFromIPC, type Utf8, type Vector } from 'apache-arrow';
import type { ArrowBatch } from '../../src/arrow/batch.ts';
import { encodeBatch } from '../../src/arrow/ipc-batch.ts';
import { END_OF_STREAM, encapsulateMessage } from '../../src/arrow/ipc-message.ts';
import { encodeSchemaMessage } from '../../src/arrow/ipc-schema.ts';
import type { ArrowSchema } from '../../src/arrow/types.ts';

/** A value as a test writes it down: exact, and readable in a failure. */
export type PlainValue = null | boolean | number | bigint | string | readonly PlainValue[];

/** Writes batches as an IPC stream. */
function ipcStream(schema: ArrowSchema, batches: readonly ArrowBatch[]): Uint8Array {
  const pieces: Uint8Array[] = [encodeSchemaMessage(schema)];
  for (const batch of batches) {
    const { header, body } = encodeBatch(batch);
    const bytes = new Uint8Array(body.byteLength);
    body.writeTo(bytes, 0);
    pieces.push(encapsulateMessage(header), bytes);
  }
  return Buffer.concat([...pieces, END_OF_STREAM]);
}

/**
 * Reads batches back with apache-arrow. Decimals, dates and times become text from their raw integers,
 * because apache-arrow's own accessors round timestamps to milliseconds; binary becomes hex.
 */
export function readColumns(
  schema: ArrowSchema,
  batches: readonly ArrowBatch[],
): { readonly types: readonly string[]; readonly columns: readonly (readonly PlainValue[])[] } {
  const table = tableFromIPC(ipcStream(schema, batches));
  const columns: PlainValue[][] = schema.fields.map(() => []);
  for (const batch of table.batches) {
    batch.schema.fields.forEach((_, index) => {
      const vector = batch.getChildAt(index);
      if (vector !== null) columns[index]?.push(...plainValues(vector));
    });
  }
  return { types: table.schema.fields.map((field) => String(field.type)), columns };
}

function plainValues(vector: Vector): PlainValue[] {
  const [data] = vector.data;
  if (data === undefined) return [];
  const read = plainReader(data);
  return Array.from({ length: vector.length }, (_, row) =>
    vector.isValid(row) ? read(row, vector) : null,
  );
}

/** Throws where apache-arrow would put U+FFFD, so that invalid text cannot pass for a repaired one. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function plainReader(data: Data): (row: number, vector: Vector) => PlainValue {
  const { type } = data;
  if (DataType.isTimestamp(type)) {
    const values = data.values as BigInt64Array;
    return (row) => timestampText(values[row] ?? 0n, type.unit);
  }
  if (DataType.isDecimal(type)) {
    const words = data.values as Uint32Array;
    return (row) => decimalText(words, row, type.scale);
  }
  if (DataType.isDate(type) || DataType.isTime(type)) {
    const values = data.values as Int32Array;
    return DataType.isDate(type)
      ? (row) => new Date((values[row] ?? 0) * 86_400_000).toISOString().slice(0, 10)
      : (row) => new Date((values[row] ?? 0) * 1000).toISOString().slice(11, 19);
  }
  if (DataType.isUtf8(type)) {
    const { values, valueOffsets } = data as Data<Utf8>;
    return (row) => strictUtf8.decode(values.subarray(valueOffsets[row], valueOffsets[row + 1]));
  }
  if (DataType.isBinary(type)) {
    return (row, vector) => Buffer.from(vector.get(row) as Uint8Array).toString('hex');
  }
  if (DataType.isFixedSizeList(type) || DataType.isList(type)) {
    return (row, vector) => plainValues(vector.get(row) as Vector);
  }
  return (row, vector) => vector.get(row) as PlainValue;
}

const FRACTION_DIGITS: Readonly<Record<number, number>> = {
  [TimeUnit.SECOND]: 0,
  [TimeUnit.MICROSECOND]: 6,
  [TimeUnit.NANOSECOND]: 9,
};

function timestampText(value: bigint, unit: TimeUnit): string {
  const digits = FRACTION_DIGITS[unit] ?? 3;
  const perSecond = 10n ** BigInt(digits);
  const fraction = ((value % perSecond) + perSecond) % perSecond;
  const seconds = Number((value - fraction) / perSecond);
  const text = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return digits === 0 ? text : `${text}.${String(fraction).padStart(digits, '0')}`;
}

function decimalText(words: Uint32Array, row: number, scale: number): string {
  let value = 0n;
  for (let word = 3; word >= 0; word--) value = (value << 32n) | BigInt(words[row * 4 + word] ?? 0);
  const signed = BigInt.asIntN(128, value);
  const digits = String(signed < 0n ? -signed : signed).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = scale === 0 ? whole : `${whole}.${digits.slice(digits.length - scale)}`;
  return signed < 0n ? `-${text}` : text;
}
