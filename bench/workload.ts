import type { ColumnMetadata } from '../src/driver/wire/metadata.ts';
import { TypeCode } from '../src/driver/wire/type-code.ts';

/** A table of made-up rows, encoded as HANA sends them; the same seed gives the same bytes. */
export interface Workload {
  readonly columns: readonly ColumnMetadata[];
  readonly packets: readonly WorkloadPacket[];
  readonly rowCount: number;
  readonly byteCount: number;
}

interface WorkloadPacket {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
}

export interface WorkloadSize {
  readonly rows: number;
  readonly rowsPerPacket: number;
  readonly seed: number;
}

/** Longest row that {@link narrowWorkload} makes. */
const MAX_ROW_BYTES = 80;
/** 2000-01-01 as LONGDATE. */
const LONGDATE_2000 = 630_823_680_000_000_001n;
const TICKS_PER_MINUTE = 600_000_000n;

const column = (name: string, typeCode: number, length = 0, scale = 0): ColumnMetadata => ({
  typeCode,
  nullable: true,
  length,
  scale,
  schemaName: 'BENCH',
  tableName: 'NARROW',
  columnName: name,
  displayName: name,
});

/** BIGINT, INTEGER, DOUBLE, NVARCHAR of about 18 bytes, TIMESTAMP, DECIMAL(15,2); one value in 16 is NULL. */
export function narrowWorkload({ rows, rowsPerPacket, seed }: WorkloadSize): Workload {
  const next = generator(seed);
  const packets: WorkloadPacket[] = [];
  for (let first = 0; first < rows; first += rowsPerPacket) {
    const rowCount = Math.min(rowsPerPacket, rows - first);
    const buffer = Buffer.allocUnsafeSlow(rowCount * MAX_ROW_BYTES);
    let at = 0;
    for (let row = 0; row < rowCount; row++) at = writeRow(buffer, at, first + row, next);
    packets.push({ bytes: new Uint8Array(buffer.buffer.slice(0, at)), rowCount });
  }
  return {
    columns: [
      column('ID', TypeCode.BIGINT),
      column('QUANTITY', TypeCode.INT),
      column('WEIGHT', TypeCode.DOUBLE),
      column('CUSTOMER', TypeCode.NVARCHAR, 80),
      column('POSTED_AT', TypeCode.LONGDATE),
      column('AMOUNT', TypeCode.FIXED8, 15, 2),
    ],
    packets,
    rowCount: rows,
    byteCount: packets.reduce((sum, { bytes }) => sum + bytes.length, 0),
  };
}

function writeRow(buffer: Buffer, start: number, row: number, next: () => number): number {
  let at = buffer.writeUInt8(1, start);
  at = buffer.writeBigInt64LE(BigInt(row) * 1_000_003n, at);
  const number = next();
  if (number % 16 === 0) at = buffer.writeUInt8(0, at);
  else at = buffer.writeInt32LE(number | 0, buffer.writeUInt8(1, at));
  at = buffer.writeDoubleLE(next() / 1024, at);
  const customer = next();
  if (customer % 16 === 0) at = buffer.writeUInt8(255, at);
  else {
    const name = `customer ${customer % 1_000_000_000}`;
    at = buffer.writeUInt8(name.length, at);
    at += buffer.write(name, at, 'latin1');
  }
  const minute = BigInt(next() % 12_000_000);
  at = buffer.writeBigInt64LE(
    LONGDATE_2000 + minute * TICKS_PER_MINUTE + BigInt(row % 1000) * 10n,
    at,
  );
  const amount = next();
  if (amount % 16 === 0) return buffer.writeUInt8(0, at);
  return buffer.writeBigInt64LE(BigInt(amount) - 2_000_000_000n, buffer.writeUInt8(1, at));
}

/** Numbers from 0 to 2^32 - 1 by Marsaglia's xorshift; the low bits are as good as the high ones. */
export function generator(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
