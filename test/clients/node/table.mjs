import { DataType } from 'apache-arrow';

/**
 * Gives each value its canonical text: what the statement of expected values in all-types.json is written
 * in. Dates, times and decimals are read from their buffers, for the package would round them.
 */
export function columnsOf(batches) {
  const [{ schema }] = batches;
  return schema.fields.map((field, index) => ({
    name: field.name,
    type: String(field.type),
    nullable: field.nullable,
    values: batches.flatMap((batch) => valuesOf(batch.getChildAt(index))),
  }));
}

function valuesOf(vector) {
  return Array.from({ length: vector.length }, (_, row) => {
    const value = vector.get(row);
    return value === null ? null : canonical(vector, value, row);
  });
}

function canonical(vector, value, row) {
  const { type } = vector;
  const [data] = vector.data;
  if (DataType.isBool(type)) return value;
  if (DataType.isBinary(type)) return Buffer.from(value).toString('hex');
  if (DataType.isFixedSizeList(type)) return Array.from(value, String);
  if (DataType.isDate(type)) return isoOf(BigInt(data.values[row]) * 86_400n).slice(0, 10);
  if (DataType.isTime(type)) return isoOf(BigInt(data.values[row])).slice(11);
  if (DataType.isTimestamp(type)) return timestampText(data.values, row, type.unit);
  if (DataType.isDecimal(type)) return decimalText(value, type.scale);
  return String(value);
}

/** Units of Arrow: 0 seconds, 1 milliseconds, 2 microseconds, 3 nanoseconds. */
function timestampText(values, row, unit) {
  const perSecond = 1000n ** BigInt(unit);
  const value = BigInt(values[row]);
  const fraction = ((value % perSecond) + perSecond) % perSecond;
  const seconds = isoOf((value - fraction) / perSecond);
  return unit === 0 ? seconds : `${seconds}.${String(fraction).padStart(unit * 3, '0')}`;
}

function isoOf(seconds) {
  return new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

function decimalText(words, scale) {
  const unsigned = words.reduceRight((number, word) => (number << 32n) | BigInt(word), 0n);
  const value = BigInt.asIntN(128, unsigned);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? '' : `.${digits.slice(-scale)}`;
  return `${value < 0n ? '-' : ''}${whole}${fraction}`;
}
