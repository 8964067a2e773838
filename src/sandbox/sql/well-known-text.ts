import { hanaError } from './errors.ts';

const POINT = 1;
const LINE_STRING = 2;
const POLYGON = 3;
const LITTLE_ENDIAN = 1;

type Position = readonly [x: number, y: number];

/**
 * Well-known text of a point, line or polygon in two dimensions as well-known binary; text of hex digits
 * is taken for the binary itself. Anything else is error 266.
 */
export function wellKnownBinary(text: string): Uint8Array {
  const trimmed = text.trim();
  if (/^(?:[0-9a-fA-F]{2})+$/.test(trimmed)) return Buffer.from(trimmed, 'hex');
  const [, kind = '', body = ''] = /^([A-Za-z]+)\s*\((.*)\)$/s.exec(trimmed) ?? [];
  switch (kind.toUpperCase()) {
    case 'POINT':
      return geometry(POINT, positionsBytes(positions(body)));
    case 'LINESTRING':
      return geometry(LINE_STRING, counted(positions(body)));
    case 'POLYGON': {
      const rings = [...body.matchAll(/\(([^()]*)\)/g)].map(([, ring = '']) => positions(ring));
      return geometry(POLYGON, Buffer.concat([count(rings.length), ...rings.map(counted)]));
    }
    default:
      throw invalid(trimmed);
  }
}

function positions(text: string): readonly Position[] {
  return text.split(',').map((part): Position => {
    const [x = Number.NaN, y = Number.NaN] = part.trim().split(/\s+/).map(Number);
    if (!Number.isFinite(x) || !Number.isFinite(y)) throw invalid(text);
    return [x, y];
  });
}

const invalid = (text: string): Error =>
  hanaError('datatype', `inconsistent datatype: '${text.slice(0, 40)}' is no geometry`);

const counted = (items: readonly Position[]): Buffer =>
  Buffer.concat([count(items.length), positionsBytes(items)]);

function positionsBytes(items: readonly Position[]): Buffer {
  const bytes = Buffer.alloc(16 * items.length);
  items.forEach(([x, y], index) => {
    bytes.writeDoubleLE(x, 16 * index);
    bytes.writeDoubleLE(y, 16 * index + 8);
  });
  return bytes;
}

function count(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const geometry = (kind: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.of(LITTLE_ENDIAN), count(kind), body]);
