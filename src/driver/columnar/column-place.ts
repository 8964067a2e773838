import { HanaFlightError } from '../../core/errors.ts';
import type { ColumnMetadata } from '../wire/metadata.ts';
import { sqlTypeName } from './type-mapping.ts';

/** Names a column in error messages. */
export interface ColumnPlace {
  /** 0-based. */
  readonly index: number;
  readonly name: string;
  readonly sqlType: string;
}

export function columnPlaceOf(column: ColumnMetadata, index: number): ColumnPlace {
  return { index, name: column.displayName, sqlType: sqlTypeName(column) };
}

/** `row` counts from 0 over the whole result set; people read it counted from 1. */
export function describePlace(column: ColumnPlace, row: number): string {
  return `row ${row + 1}, column ${column.index + 1} "${column.name}" (${column.sqlType})`;
}

/** Where in HANA's bytes something is wrong. */
export interface PacketPlace {
  /** Row in the result set, from 0. */
  readonly row: number;
  /** Byte in the part's data; left out where the value spans several parts. */
  readonly offset?: number;
  /** RESULTSET when left out. */
  readonly part?: string;
}

/** The bytes are not what the protocol says; `problem` names what was expected and what came. */
export function malformedValue(
  column: ColumnPlace,
  { row, offset, part = 'RESULTSET' }: PacketPlace,
  problem: string,
): HanaFlightError {
  const at = offset === undefined ? '' : `, offset ${offset}`;
  return new HanaFlightError(
    'malformed-packet',
    `part ${part}, ${describePlace(column, row)}${at}: ${problem}`,
  );
}

/** The value is HANA's, but the column's Arrow type cannot hold it. */
export function unrepresentableValue(
  column: ColumnPlace,
  row: number,
  problem: string,
): HanaFlightError {
  return new HanaFlightError('unrepresentable-value', `${describePlace(column, row)}: ${problem}`);
}
