import { isAscii, isUtf8 } from 'node:buffer';
import { isValid } from '../../arrow/bitmap.ts';
import { utf8ToCesu8 } from '../values/cesu8.ts';
import type { Binding } from './conversion.ts';
import { exactSource } from './exact-source.ts';
import { numberReader } from './number-source.ts';
import type { SourceColumn } from './source-column.ts';
import { temporalText } from './temporal-text.ts';
import type { VariableValues } from './variable-parameter.ts';

/** Bytes of UTF-8 from here on begin a character that CESU-8 writes otherwise. */
const FIRST_SUPPLEMENTARY_BYTE = 0xf0;

/**
 * A utf8 column in HANA's CESU-8: the same bytes unless there are characters beyond U+FFFF.
 * @throws HanaFlightError `invalid-argument` for bytes that are not UTF-8.
 */
export function cesu8Values(binding: Binding): VariableValues {
  const values = variableValues(binding.source);
  const { data } = values;
  if (isAscii(data)) return values;
  checkUtf8(binding, values);
  return data.some((byte) => byte >= FIRST_SUPPLEMENTARY_BYTE) ? converted(values) : values;
}

/**
 * Text and bytes as they are, the data of the first row first.
 * @param source A column with offsets.
 */
export function variableValues({
  length,
  validity,
  offsets,
  values,
}: SourceColumn): VariableValues {
  const first = offsets[0] ?? 0;
  const data = values.subarray(first, offsets[length]);
  const rebased = first === 0 ? offsets : offsets.map((offset) => offset - first);
  return { validity, offsets: rebased, data };
}

/** What lies under a NULL may be anything. */
function checkUtf8({ place }: Binding, { validity, offsets, data }: VariableValues): void {
  const whole = isUtf8(data);
  for (let row = 0; row + 1 < offsets.length; row++) {
    const start = offsets[row] ?? 0;
    const end = offsets[row + 1] ?? 0;
    // In valid text a value is valid when it does not begin within a character; the next tells the end.
    if (start === end || (whole && !isContinuation(data[start]) && !isContinuation(data[end])))
      continue;
    if (isValid(validity, row) && !isUtf8(data.subarray(start, end))) {
      throw place.unfit(row, 'text that is not UTF-8', 'valid UTF-8');
    }
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function converted({ validity, offsets, data }: VariableValues): VariableValues {
  const writer = new ValueWriter(offsets.length - 1, data.length + (data.length >>> 1));
  for (let row = 0; row + 1 < offsets.length; row++) {
    const value = data.subarray(offsets[row], offsets[row + 1]);
    writer.append(isValid(validity, row) ? utf8ToCesu8(value) : NO_BYTES);
  }
  return writer.finish(validity);
}

const NO_BYTES = new Uint8Array(0);
/** Room for a rendered number or date; the writer grows when it is too little. */
const RENDERED_BYTES = 12;

/** Numbers, booleans, dates and times as text. */
export function renderedValues(binding: Binding): VariableValues {
  const { source, place } = binding;
  const render = textReader(source);
  const writer = new ValueWriter(source.length, source.length * RENDERED_BYTES);
  for (let row = 0; row < source.length; row++) {
    if (!isValid(source.validity, row)) {
      writer.append(NO_BYTES);
      continue;
    }
    const text = render(row);
    if (text === undefined) {
      const value = `value ${numberReader(source)(row)}`;
      throw place.unfit(row, value, 'dates of the years 1 to 9999, times below 24:00:00');
    }
    writer.append(Buffer.from(text, 'latin1'));
  }
  return writer.finish(source.validity);
}

function textReader(source: SourceColumn): (row: number) => string | undefined {
  const { kind } = source.type;
  if (kind === 'int' || kind === 'float' || kind === 'decimal128') return exactSource(source).text;
  if (kind !== 'bool') return temporalText(source);
  const read = numberReader(source);
  return (row) => (read(row) === 1 ? 'TRUE' : 'FALSE');
}

/** Values one behind the other, in memory that grows. */
class ValueWriter {
  readonly #offsets: Int32Array;
  #data: Uint8Array;
  #rows = 0;
  #end = 0;

  constructor(rows: number, bytes: number) {
    this.#offsets = new Int32Array(rows + 1);
    this.#data = new Uint8Array(bytes);
  }

  append(value: Uint8Array): void {
    const end = this.#end + value.length;
    if (end > this.#data.length) {
      const grown = new Uint8Array(Math.max(end, this.#data.length * 2));
      grown.set(this.#data.subarray(0, this.#end));
      this.#data = grown;
    }
    this.#data.set(value, this.#end);
    this.#end = end;
    this.#rows++;
    this.#offsets[this.#rows] = end;
  }

  finish(validity: Uint8Array): VariableValues {
    return { validity, offsets: this.#offsets, data: this.#data.subarray(0, this.#end) };
  }
}
