import type { ArrowType } from '../../../../src/arrow/types.ts';
import { TypeCode } from '../../../../src/driver/wire/type-code.ts';
import { parameter } from '../../../support/scripted-engine.ts';

/* Short names for the Arrow types and the parameters that the cases of this folder pair. */

export const int = (bits: 8 | 16 | 32 | 64): ArrowType => ({ kind: 'int', bits, signed: true });
export const uint = (bits: 8 | 16 | 32 | 64): ArrowType => ({ kind: 'int', bits, signed: false });
export const float = (bits: 32 | 64): ArrowType => ({ kind: 'float', bits });
export const decimal = (precision: number, scale: number): ArrowType => ({
  kind: 'decimal128',
  precision,
  scale,
});
export const time32 = (unit: 's' | 'ms'): ArrowType => ({ kind: 'time32', unit });
export const time64 = (unit: 'us' | 'ns'): ArrowType => ({ kind: 'time64', unit });
export const timestamp = (unit: 's' | 'ms' | 'us' | 'ns'): ArrowType => ({
  kind: 'timestamp',
  unit,
});
export const BOOL: ArrowType = { kind: 'bool' };
export const UTF8: ArrowType = { kind: 'utf8' };
export const BINARY: ArrowType = { kind: 'binary' };
export const DATE: ArrowType = { kind: 'date32' };
const item = (type: ArrowType) => ({ name: 'item', type, nullable: true });
export const listOf = (type: ArrowType): ArrowType => ({ kind: 'list', item: item(type) });
export const vectorOf = (size: number, type: ArrowType): ArrowType => ({
  kind: 'fixed-size-list',
  size,
  item: item(type),
});

export const tinyint = parameter(TypeCode.TINYINT);
export const smallint = parameter(TypeCode.SMALLINT);
export const integer = parameter(TypeCode.INT);
export const bigint = parameter(TypeCode.BIGINT);
export const real = parameter(TypeCode.REAL);
export const double = parameter(TypeCode.DOUBLE);
export const boolean = parameter(TypeCode.BOOLEAN);
export const fixed8 = parameter(TypeCode.FIXED8, { length: 15, scale: 2 });
export const fixed12 = parameter(TypeCode.FIXED12, { length: 28, scale: 2 });
export const fixed16 = parameter(TypeCode.FIXED16, { length: 38, scale: 2 });
export const floating = parameter(TypeCode.DECIMAL, { length: 34, scale: 32_767 });
export const scaled = parameter(TypeCode.DECIMAL, { length: 15, scale: 2 });
export const daydate = parameter(TypeCode.DAYDATE);
export const secondtime = parameter(TypeCode.SECONDTIME);
export const seconddate = parameter(TypeCode.SECONDDATE);
export const longdate = parameter(TypeCode.LONGDATE);
export const nvarchar = parameter(TypeCode.NVARCHAR);
export const varchar = parameter(TypeCode.VARCHAR);

export const DAY = 86_400;
export const MAX_INT64 = 2n ** 63n - 1n;
export const bytes = (...values: readonly number[]) => Uint8Array.from(values);
