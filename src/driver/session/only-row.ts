import { HanaFlightError } from '../../core/errors.ts';
import { cesu8ToString } from '../values/cesu8.ts';
import { readLengthIndicator } from '../values/length-indicator.ts';
import { TypeCode } from '../wire/type-code.ts';
import type { SessionOutcome } from './outcomes.ts';

/** The INTEGER that a query about the session itself answers with. */
export async function onlyInteger(outcome: SessionOutcome, name: string): Promise<number> {
  const { row, typeCode } = await onlyRow(outcome);
  // A byte that says it is not NULL, then 32 bits.
  if (typeCode === TypeCode.INT && row.length === 5 && row[0] === 1) {
    return new DataView(row.buffer, row.byteOffset).getInt32(1, true);
  }
  throw new HanaFlightError(
    'malformed-packet',
    `expected ${name} as one INTEGER, HANA sent ${row.length} bytes of type ${typeCode}`,
  );
}

/** The text that such a query answers with. */
export async function onlyText(outcome: SessionOutcome, name: string): Promise<string> {
  const { row } = await onlyRow(outcome);
  const { length, next } = readLengthIndicator(row, 0);
  if (length !== undefined && next + length === row.length) {
    return cesu8ToString(row.subarray(next));
  }
  throw new HanaFlightError(
    'malformed-packet',
    `expected ${name} as one text, HANA sent ${row.length} bytes that are none`,
  );
}

async function onlyRow(
  outcome: SessionOutcome,
): Promise<{ readonly row: Uint8Array; readonly typeCode: number | undefined }> {
  if (outcome.kind !== 'rows') return { row: new Uint8Array(), typeCode: undefined };
  const packets: Uint8Array[] = [];
  for await (const packet of outcome.cursor.packets()) packets.push(packet);
  return { row: Buffer.concat(packets), typeCode: outcome.cursor.columns[0]?.typeCode };
}
