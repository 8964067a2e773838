import type { ArrowBatch } from '../../src/arrow/batch.ts';
import {
  type ArrowColumn,
  binaryColumn,
  boolColumn,
  listColumn,
  makeBatch,
  utf8Column,
} from '../../src/arrow/columns.ts';
import type { ArrowSchema, ArrowType } from '../../src/arrow/types.ts';

/**
 * A value as Arrow stores it: dates as days, times and timestamps in their unit, decimals without their
 * point.
 */
export type RawValue = null | boolean | number | bigint | string | Uint8Array | readonly number[];

/** A column of any plain type. */
function rawColumn(type: ArrowType, values: readonly RawValue[]): ArrowColumn {
  const { kind } = type;
  if (kind === 'null') {
    return { nodes: [{ length: values.length, nullCount: values.length }], buffers: [] };
  }
  if (kind === 'bool') return boolColumn(values as (boolean | null)[]);
  if (kind === 'utf8') return utf8Column(values as (string | null)[]);
  if (kind === 'binary') return binaryColumn(values as (Uint8Array | null)[]);
  if (kind === 'list') {
    return listColumn(values as (number[] | null)[], (items) => rawColumn(type.item.type, items));
  }
  const { nodes, buffers } = boolColumn(values.map((value) => (value === null ? null : true)));
  const validity = buffers.slice(0, 1);
  if (kind !== 'fixed-size-list') {
    return { nodes, buffers: [...validity, fixedValues(type, values)] };
  }
  const filled = values.map((value) => value ?? Array.from({ length: type.size }, () => 0));
  const items = rawColumn(type.item.type, (filled as number[][]).flat());
  return { nodes: [...nodes, ...items.nodes], buffers: [...validity, ...items.buffers] };
}

/** One column with its schema, as a batch. */
export function rawBatchOf(
  ...columns: readonly (readonly [string, ArrowType, readonly RawValue[]])[]
): {
  readonly schema: ArrowSchema;
  readonly batch: ArrowBatch;
} {
  const rows = columns[0]?.[2].length ?? 0;
  return {
    schema: { fields: columns.map(([name, type]) => ({ name, type, nullable: true })) },
    batch: makeBatch(
      rows,
      columns.map(([, type, values]) => rawColumn(type, values)),
    ),
  };
}

function fixedValues(type: ArrowType, values: readonly RawValue[]): Uint8Array {
  const width = widthOf(type);
  const bytes = Buffer.alloc(values.length * width);
  for (const [row, value] of values.entries()) {
    if (typeof value === 'number' || typeof value === 'bigint')
      put(bytes, row * width, type, value);
  }
  return bytes;
}

function widthOf(type: ArrowType): number {
  if (type.kind === 'int' || type.kind === 'float') return type.bits / 8;
  if (type.kind === 'decimal128') return 16;
  return type.kind === 'date32' || type.kind === 'time32' ? 4 : 8;
}

function put(bytes: Buffer, at: number, type: ArrowType, value: number | bigint): void {
  if (type.kind === 'float') {
    if (type.bits === 32) bytes.writeFloatLE(Number(value), at);
    else bytes.writeDoubleLE(Number(value), at);
    return;
  }
  let rest = BigInt(value);
  for (let byte = 0; byte < widthOf(type); byte++, rest >>= 8n)
    bytes[at + byte] = Number(rest & 0xffn);
}
