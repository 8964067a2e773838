import { makePart, type Part, readerOf } from '../message.ts';
import type { ColumnMetadata } from '../metadata.ts';
import { PartKind } from '../part-kind.ts';
import { WireWriter } from '../writer.ts';
import { NameArea, readNames } from './name-area.ts';

/*
 * Each column:                           behind the columns: names, each u8 length, CESU-8
 *  0  u8   options, a bit set             8  u32  offset of the table name, ffffffff none
 *  1  u8   type code                     12  u32  offset of the schema name
 *  2  i16  scale                         16  u32  offset of the column name
 *  4  i16  length or precision           20  u32  offset of the display name
 *  6  2    filler
 * Offsets count from the start of the name area.
 */

const COLUMN_BYTES = 24;

/** Bits of the column options. */
const ColumnOption = {
  NOT_NULL: 1,
  NULLABLE: 2,
  READ_ONLY: 16,
  AUTO_INCREMENT: 32,
  ARRAY: 64,
} as const;

/** A RESULTSETMETADATA part. Throws `invalid-argument` for a name longer than 255 bytes. */
export function encodeResultSetMetadata(columns: readonly ColumnMetadata[]): Part {
  const writer = new WireWriter(COLUMN_BYTES * columns.length + 64);
  const names = new NameArea();
  for (const column of columns) {
    writer.writeU8(encodeOptions(column)).writeU8(column.typeCode);
    writer.writeI16(column.scale).writeI16(wireLength(column.length)).writeZeros(2);
    writer.writeU32(names.offsetOf(column.tableName)).writeU32(names.offsetOf(column.schemaName));
    writer.writeU32(names.offsetOf(column.columnName)).writeU32(names.offsetOf(column.displayName));
  }
  writer.writeBytes(names.finish());
  return makePart(PartKind.RESULTSETMETADATA, columns.length, writer.finish());
}

export function decodeResultSetMetadata(part: Part): readonly ColumnMetadata[] {
  const reader = readerOf(part);
  const raw = [];
  for (let index = 0; index < part.argumentCount; index++) {
    const field = `column ${index + 1}`;
    const options = reader.readU8(`${field} options`);
    const typeCode = reader.readU8(`${field} type code`);
    const scale = reader.readI16(`${field} scale`);
    const length = reader.readI16(`${field} length`);
    reader.skip(2, `${field} filler`);
    const offsets = {
      table: reader.readU32(`${field} table name`),
      schema: reader.readU32(`${field} schema name`),
      column: reader.readU32(`${field} column name`),
      display: reader.readU32(`${field} display name`),
    };
    raw.push({ typeCode, ...decodeOptions(options), scale, length, offsets });
  }
  const nameAt = readNames(reader);
  return raw.map(({ offsets, ...column }) => {
    const columnName = nameAt(offsets.column);
    return {
      ...column,
      schemaName: nameAt(offsets.schema),
      tableName: nameAt(offsets.table),
      columnName,
      displayName: nameAt(offsets.display) ?? columnName ?? '',
    };
  });
}

function encodeOptions(column: ColumnMetadata): number {
  return (
    (column.nullable ? ColumnOption.NULLABLE : ColumnOption.NOT_NULL) |
    (column.readOnly === true ? ColumnOption.READ_ONLY : 0) |
    (column.autoIncrement === true ? ColumnOption.AUTO_INCREMENT : 0) |
    (column.array === true ? ColumnOption.ARRAY : 0)
  );
}

/** What the options byte says; a property is absent when its bit is not set. */
function decodeOptions(
  options: number,
): Pick<ColumnMetadata, 'nullable' | 'readOnly' | 'autoIncrement' | 'array'> {
  const has = (bit: number): boolean => (options & bit) !== 0;
  return {
    nullable: has(ColumnOption.NULLABLE),
    ...(has(ColumnOption.READ_ONLY) ? { readOnly: true } : {}),
    ...(has(ColumnOption.AUTO_INCREMENT) ? { autoIncrement: true } : {}),
    ...(has(ColumnOption.ARRAY) ? { array: true } : {}),
  };
}

/** Longer than an i16 can say (a literal of 40,000 characters): the largest it can. */
export function wireLength(length: number): number {
  return Math.min(length, 32_767);
}
