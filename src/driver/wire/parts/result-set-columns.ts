import { HanaFlightError } from '../../../core/errors.ts';
import { RecentlyUsed } from '../../../core/recently-used.ts';
import { makePart, type Part } from '../message.ts';
import type { ColumnMetadata } from '../metadata.ts';
import { PartKind } from '../part-kind.ts';
import { decodeResultSetMetadata } from './result-set-metadata.ts';

/** HANA sends the metadata of a query with each PREPARE and each EXECUTE of it. */
const MAX_KNOWN = 200;
/** Metadata of some five hundred columns; what is longer is decoded anew each time. */
const MAX_KNOWN_CHARACTERS = 32_768;

/** Columns by {@link MetadataText}. */
const known = new RecentlyUsed<readonly ColumnMetadata[]>(MAX_KNOWN);
const texts = new WeakMap<readonly ColumnMetadata[], MetadataText>();

/** The metadata as HANA sent it, as text that may go to another thread: the number of columns, and bytes as Latin-1. */
export type MetadataText = string;

/**
 * The columns of a RESULTSETMETADATA part. Equal metadata mostly gives the same array, so that what is derived
 * from it can be kept with it.
 * @throws HanaFlightError `malformed-packet`.
 */
export function resultSetColumns(part: Part): readonly ColumnMetadata[] {
  const { buffer, byteOffset, byteLength } = part.data;
  const bytes = Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
  return columnsOf(part, `${part.argumentCount} ${bytes}`);
}

/** What {@link columnsFromText} makes the same columns of; undefined for an array that does not come from HANA. */
export function metadataText(columns: readonly ColumnMetadata[]): MetadataText | undefined {
  return texts.get(columns);
}

/** The columns that {@link metadataText} was asked for, in whichever thread. */
export function columnsFromText(text: MetadataText): readonly ColumnMetadata[] {
  const columns = known.get(text);
  if (columns !== undefined) return columns;
  const end = text.indexOf(' ');
  const count = Number(text.slice(0, end));
  if (end < 1 || !Number.isInteger(count)) {
    throw new HanaFlightError('internal', 'expected metadata behind its number of columns');
  }
  const bytes = Buffer.from(text.slice(end + 1), 'latin1');
  return columnsOf(makePart(PartKind.RESULTSETMETADATA, count, bytes), text);
}

function columnsOf(part: Part, text: MetadataText): readonly ColumnMetadata[] {
  const columns = known.get(text) ?? Object.freeze(decodeResultSetMetadata(part));
  texts.set(columns, text);
  if (text.length <= MAX_KNOWN_CHARACTERS) known.set(text, columns);
  return columns;
}
