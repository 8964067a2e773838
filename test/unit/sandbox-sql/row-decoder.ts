import type { ColumnMetadata } from '../../../src/driver/wire/metadata.ts';

/** A value as the tests write it: numbers of 8 bytes and more, dates and decimals as text. */
export type Cell = null | boolean | number | string;

interface Place {
  readonly bytes: Buffer;
  at: number;
}

type Reader = (place: Place, column: ColumnMetadata) => Cell;

/**
 * Reads result-set bytes after the protocol's description, on purpose without the driver's code: what
 * both had wrong would otherwise go unseen. Days are given as numbers.
 */
export function decodeRows(
  bytes: Uint8Array,
  rowCount: number,
  columns: readonly ColumnMetadata[],
): readonly (readonly Cell[])[] {
  const place = { bytes: Buffer.from(bytes), at: 0 };
  const rows = Array.from({ length: rowCount }, () =>
    columns.map((column) => {
      const reader = READERS[column.typeCode];
      if (reader === undefined) throw new Error(`no reader for type code ${column.typeCode}`);
      return reader(place, column);
    }),
  );
  if (place.at !== bytes.length) throw new Error(`${bytes.length - place.at} bytes left over`);
  return rows;
}

const take = (place: Place, length: number): Buffer => {
  const part = place.bytes.subarray(place.at, place.at + length);
  if (part.length !== length) throw new Error(`cut off at ${place.at}`);
  place.at += length;
  return part;
};

const flagged =
  (length: number, read: (part: Buffer, column: ColumnMetadata) => Cell): Reader =>
  (place, column) =>
    take(place, 1)[0] === 0 ? null : read(take(place, length), column);

const whole = (part: Buffer): bigint => {
  const magnitude = part.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  return BigInt.asIntN(part.length * 8, magnitude);
};

const decimalText = (unscaled: bigint, scale: number): string => {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  const text = scale > 0 ? `${digits.slice(0, point)}.${digits.slice(point)}` : digits;
  return unscaled < 0n ? `-${text}` : text;
};

const fixed = (length: number): Reader =>
  flagged(length, (part, { scale }) => decimalText(whole(part), scale));

const decimal: Reader = (place) => {
  const part = take(place, 16);
  if (((part[15] ?? 0) & 0x70) === 0x70) return null;
  const bits = part.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const mantissa = bits & ((1n << 113n) - 1n);
  const exponent = Number((bits >> 113n) & 0x3fffn) - 6176;
  const signed = bits >> 127n === 1n ? -mantissa : mantissa;
  return exponent > 0
    ? decimalText(signed * 10n ** BigInt(exponent), 0)
    : decimalText(signed, -exponent);
};

const sized = (place: Place): Buffer | null => {
  const indicator = take(place, 1)[0] ?? 0;
  if (indicator === 255) return null;
  if (indicator <= 245) return take(place, indicator);
  return take(
    place,
    indicator === 246 ? take(place, 2).readUInt16LE() : take(place, 4).readUInt32LE(),
  );
};

const text: Reader = (place) => sized(place)?.toString('utf8') ?? null;
const binary: Reader = (place) => sized(place)?.toString('hex') ?? null;

const number8 =
  (nullValue: bigint): Reader =>
  (place) => {
    const value = take(place, 8).readBigInt64LE();
    return value === nullValue ? null : value.toString();
  };

const number4 =
  (nullValue: number): Reader =>
  (place) => {
    const value = take(place, 4).readInt32LE();
    return value === nullValue ? null : value;
  };

const lob: Reader = (place) => {
  const [source, options = 0] = take(place, 2);
  if (options & 1) return null;
  const head = take(place, 30);
  const inline = take(place, head.readInt32LE(26));
  const content = source === 1 ? inline.toString('hex') : inline.toString('utf8');
  return options & 4 ? content : `${content.slice(0, 16)}… of ${head.readBigInt64LE(2)}`;
};

const legacyTimestamp = (part: Buffer): string =>
  `${part.readUInt16LE() & 0x3fff}-${(part[2] ?? 0) + 1}-${part[3]}`;

const READERS: Readonly<Record<number, Reader>> = {
  1: flagged(1, (part) => part.readUInt8()),
  2: flagged(2, (part) => part.readInt16LE()),
  3: flagged(4, (part) => part.readInt32LE()),
  4: flagged(8, (part) => part.readBigInt64LE().toString()),
  5: decimal,
  6: (place) => {
    const part = take(place, 4);
    return part.readUInt32LE() === 0xffff_ffff ? null : part.readFloatLE();
  },
  7: (place) => {
    const part = take(place, 8);
    return part.readBigUInt64LE() === 0xffff_ffff_ffff_ffffn ? null : part.readDoubleLE();
  },
  8: text,
  9: text,
  10: text,
  11: text,
  12: binary,
  13: binary,
  14: (place) => {
    const part = take(place, 4);
    return (part[1] ?? 0) & 0x80 ? legacyTimestamp(part) : null;
  },
  15: (place) => {
    const part = take(place, 4);
    const milliseconds = part.readUInt16LE(2);
    return (part[0] ?? 0) & 0x80 ? `${(part[0] ?? 0) & 0x7f}:${part[1]}:${milliseconds}` : null;
  },
  16: (place) => {
    const part = take(place, 8);
    if (!((part[1] ?? 0) & 0x80)) return null;
    return `${legacyTimestamp(part)} ${(part[4] ?? 0) & 0x7f}:${part[5]}:${part.readUInt16LE(6)}`;
  },
  25: lob,
  26: lob,
  27: lob,
  28: (place) => [false, null, true][take(place, 1)[0] ?? 0] ?? null,
  51: lob,
  52: text,
  53: lob,
  55: (place) => {
    const part = sized(place);
    return part === null ? null : `${part[0]?.toString(16)}:${part.subarray(1).toString('utf8')}`;
  },
  61: number8(3_155_380_704_000_000_001n),
  62: number8(315_538_070_401n),
  63: number4(3_652_062),
  64: number4(86_402),
  74: binary,
  75: binary,
  76: fixed(16),
  81: fixed(8),
  82: fixed(12),
  96: binary,
};
