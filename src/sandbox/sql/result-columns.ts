import type { DuckDBPreparedStatement, DuckDBType } from '@duckdb/node-api';
import type { ColumnMetadata } from '../../driver/wire/metadata.ts';
import { TypeCode } from '../../driver/wire/type-code.ts';
import type { LobRegistry } from '../engine.ts';
import { hanaError } from './errors.ts';
import { quoteName } from './rendered-sql.ts';
import type { ColumnEncoder } from './row-encoder/column-encoder.ts';
import { encoderOf } from './row-encoder/encoder-choice.ts';
import { type ColumnFact, UNKNOWN_COLUMN } from './types/column-fact.ts';
import { defaultTypeOf, storageType } from './types/default-types.ts';
import { type HanaType, isLob, storageOf, typeCodeOf } from './types/hana-type.ts';

/** Scale in metadata that marks a decimal without a fixed scale. */
const FLOATING_SCALE = 32_767;
/** Longest name the metadata part can hold in HANA: identifiers have up to 127 bytes. */
const MAX_NAME_LENGTH = 127;

/** A column of a query: what is described, and what DuckDB delivers. */
export interface ResultColumn {
  readonly name: string;
  readonly type: HanaType;
  readonly source: DuckDBType;
  readonly fact: ColumnFact;
}

/** The columns of a compiled query, HANA's type from the plan where it tells one. */
export function resultColumns(
  statement: DuckDBPreparedStatement,
  facts: readonly ColumnFact[],
): readonly ResultColumn[] {
  const known = facts.length === statement.columnCount;
  return Array.from({ length: statement.columnCount }, (_, index) => {
    const source = statement.columnType(index);
    const fact = (known ? facts[index] : undefined) ?? UNKNOWN_COLUMN;
    const name = statement.columnName(index);
    return { name, source, fact, type: fact.type ?? defaultTypeOf(source) };
  });
}

/** A column as RESULTSETMETADATA describes it to a client of this data format version. */
export function columnMetadata(column: ResultColumn, dataFormatVersion: number): ColumnMetadata {
  const { type, fact } = column;
  const displayName = column.name.slice(0, MAX_NAME_LENGTH);
  return {
    ...typeMetadata(type, dataFormatVersion),
    nullable: fact.nullable,
    schemaName: fact.origin?.schemaName,
    tableName: fact.origin?.tableName,
    columnName: fact.origin?.columnName ?? displayName,
    displayName,
    readOnly: fact.origin !== undefined && fact.generated === true,
  };
}

/** Type code, length and scale as metadata has them. */
export function typeMetadata(
  type: HanaType,
  dataFormatVersion: number,
): { readonly typeCode: number; readonly length: number; readonly scale: number } {
  const typeCode = typeCodeOf(type, dataFormatVersion);
  const vectorBytes = type.name === 'REAL_VECTOR' && typeCode !== TypeCode.REAL_VECTOR;
  return {
    typeCode,
    length: isLob(type) ? -1 : vectorBytes ? 4 + 4 * type.length : type.length,
    scale: type.scale ?? FLOATING_SCALE,
  };
}

/** How a query must be run so that every column has an encoder. */
export interface EncodingPlan {
  readonly sql: string;
  makeEncoders(lobs: LobRegistry): readonly ColumnEncoder[];
}

/** Wraps the query where DuckDB delivers a type in another form than its storage. */
export function encodingPlan(
  sql: string,
  columns: readonly ResultColumn[],
  dataFormatVersion: number,
): EncodingPlan {
  const castTo = columns.map((column, index) => {
    const probe = {
      index,
      type: column.type,
      source: column.source,
      dataFormatVersion,
      lobs: NO_LOBS,
    };
    return encoderOf(probe) === undefined ? storageOf(column.type) : undefined;
  });
  return {
    sql: castTo.every((type) => type === undefined) ? sql : castQuery(sql, castTo),
    makeEncoders: (lobs) =>
      columns.map((column, index) => {
        const cast = castTo[index];
        const source = cast === undefined ? column.source : storageType(column.type);
        const encoder = encoderOf({ index, type: column.type, source, dataFormatVersion, lobs });
        if (encoder === undefined) {
          throw hanaError(
            'notSupported',
            `feature not supported: result of type ${column.type.name}`,
          );
        }
        return encoder;
      }),
  };
}

const NO_LOBS: LobRegistry = { register: () => new Uint8Array(8) };

function castQuery(sql: string, castTo: readonly (string | undefined)[]): string {
  const names = castTo.map((_, index) => quoteName(`c${index}`));
  const items = castTo.map((type, index) => {
    const name = names[index] ?? '';
    return type === undefined ? name : `CAST(${name} AS ${type})`;
  });
  return `SELECT ${items.join(', ')} FROM (${sql}) AS q(${names.join(', ')})`;
}
