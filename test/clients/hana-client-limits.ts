import { encodeCesu8 } from './cesu8.ts';
import type { CanonicalValue } from './foreign-program.ts';

/** REAL_VECTOR as clients see it that do not know the type: dimension and floats, little endian. */
export function vectorBytes(value: CanonicalValue): CanonicalValue {
  if (!Array.isArray(value)) return value;
  const bytes = Buffer.alloc(4 + 4 * value.length);
  bytes.writeInt32LE(value.length);
  value.forEach((item, index) => {
    bytes.writeFloatLE(Number(item), 4 + 4 * index);
  });
  return bytes.toString('hex');
}

/** BINTEXT as clients see it that take it for a BLOB: the bytes of CESU-8. */
export function cesu8Bytes(value: CanonicalValue): CanonicalValue {
  return typeof value === 'string' ? encodeCesu8(value).toString('hex') : value;
}
