import { Binary } from 'apache-arrow/fb/binary';
import { Bool } from 'apache-arrow/fb/bool';
import { Date as DateType } from 'apache-arrow/fb/date';
import { DateUnit } from 'apache-arrow/fb/date-unit';
import { Decimal } from 'apache-arrow/fb/decimal';
import { FixedSizeList } from 'apache-arrow/fb/fixed-size-list';
import { FloatingPoint } from 'apache-arrow/fb/floating-point';
import { Int } from 'apache-arrow/fb/int';
import { List } from 'apache-arrow/fb/list';
import { Map as MapType } from 'apache-arrow/fb/map';
import { Null } from 'apache-arrow/fb/null';
import { Precision } from 'apache-arrow/fb/precision';
import { Struct_ as StructType } from 'apache-arrow/fb/struct-';
import { Time } from 'apache-arrow/fb/time';
import { TimeUnit } from 'apache-arrow/fb/time-unit';
import { Timestamp } from 'apache-arrow/fb/timestamp';
import { Type } from 'apache-arrow/fb/type';
import { Union } from 'apache-arrow/fb/union';
import { UnionMode } from 'apache-arrow/fb/union-mode';
import { Utf8 } from 'apache-arrow/fb/utf8';
import type { Builder, Offset } from 'flatbuffers';
import type { ArrowField, ArrowType } from './types.ts';

/** A type in a flatbuffer: which table of the union `Type` it is, and where it stands. */
export interface TypeOffset {
  readonly tag: Type;
  readonly offset: Offset;
}

type TypeWriter<T> = (builder: Builder, type: T) => TypeOffset;
type TypeWriters = {
  readonly [K in ArrowType['kind']]: TypeWriter<Extract<ArrowType, { kind: K }>>;
};

const TIME_UNIT = {
  s: TimeUnit.SECOND,
  ms: TimeUnit.MILLISECOND,
  us: TimeUnit.MICROSECOND,
  ns: TimeUnit.NANOSECOND,
} as const;

const PRECISION = { 32: Precision.SINGLE, 64: Precision.DOUBLE } as const;

/** Absent from the flatbuffer: a timestamp without a time zone. */
const NO_ZONE: Offset = 0;

/** How each kind of type is written, by the tables of Arrow's Schema.fbs. */
const WRITERS: TypeWriters = {
  null: (b) => ({ tag: Type.Null, offset: Null.createNull(b) }),
  bool: (b) => ({ tag: Type.Bool, offset: Bool.createBool(b) }),
  int: (b, t) => ({ tag: Type.Int, offset: Int.createInt(b, t.bits, t.signed) }),
  float: (b, t) => ({
    tag: Type.FloatingPoint,
    offset: FloatingPoint.createFloatingPoint(b, PRECISION[t.bits]),
  }),
  decimal128: (b, t) => ({
    tag: Type.Decimal,
    offset: Decimal.createDecimal(b, t.precision, t.scale, 128),
  }),
  utf8: (b) => ({ tag: Type.Utf8, offset: Utf8.createUtf8(b) }),
  binary: (b) => ({ tag: Type.Binary, offset: Binary.createBinary(b) }),
  date32: (b) => ({ tag: Type.Date, offset: DateType.createDate(b, DateUnit.DAY) }),
  time32: (b, t) => ({ tag: Type.Time, offset: Time.createTime(b, TIME_UNIT[t.unit], 32) }),
  time64: (b, t) => ({ tag: Type.Time, offset: Time.createTime(b, TIME_UNIT[t.unit], 64) }),
  timestamp: (b, t) => {
    const zone = t.timezone === undefined ? NO_ZONE : b.createString(t.timezone);
    return { tag: Type.Timestamp, offset: Timestamp.createTimestamp(b, TIME_UNIT[t.unit], zone) };
  },
  'fixed-size-list': (b, t) => ({
    tag: Type.FixedSizeList,
    offset: FixedSizeList.createFixedSizeList(b, t.size),
  }),
  list: (b) => ({ tag: Type.List, offset: List.createList(b) }),
  // The name ends in an underscore because flatbuffers generates it around a reserved word.
  // oxlint-disable-next-line eslint/no-underscore-dangle
  struct: (b) => ({ tag: Type.Struct_, offset: StructType.createStruct_(b) }),
  map: (b) => ({ tag: Type.Map, offset: MapType.createMap(b, false) }),
  'dense-union': (b, t) => {
    // Type ids count from 0 in the order of the members; clients read them by number.
    const ids = Union.createTypeIdsVector(b, Int32Array.from(t.members.keys()));
    return { tag: Type.Union, offset: Union.createUnion(b, UnionMode.Dense, ids) };
  },
};

/** Writes the type table of a field. */
export function writeType(builder: Builder, type: ArrowType): TypeOffset {
  // The table has one writer per kind, so the one found takes this type; TypeScript cannot follow that.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const write = WRITERS[type.kind] as TypeWriter<ArrowType>;
  return write(builder, type);
}

/** The child fields that a type brings along, in the order of its arrays. */
export function childrenOf(type: ArrowType): readonly ArrowField[] {
  if ('item' in type) return [type.item];
  if ('entries' in type) return [type.entries];
  if ('fields' in type) return type.fields;
  return 'members' in type ? type.members : [];
}
