import { SeededNumbers } from '../workloads/numbers.ts';

/** A row as node-hdb takes and gives it. */
export type IngestRow = readonly [
  id: number,
  postedAt: string | null,
  quantity: number | null,
  customer: string | null,
  amount: string | null,
  weight: number,
];

/** The table that every participant fills. */
export const INGEST_COLUMNS =
  'ID BIGINT, POSTED_AT TIMESTAMP, QUANTITY INTEGER, CUSTOMER NVARCHAR(80), AMOUNT DECIMAL(15,2), WEIGHT DOUBLE';

const MS_2000 = Date.UTC(2000, 0, 1);
const MS_PER_MINUTE = 60_000;

/** Made-up rows with rising ids; one value in 16 is NULL. The same seed gives the same rows. */
export function ingestRows(rows: number, seed: number): readonly IngestRow[] {
  const numbers = new SeededNumbers(seed);
  const next = () => numbers.next();
  const orNull = <T>(value: (number: number) => T): T | null => {
    const number = next();
    return number % 16 === 0 ? null : value(number);
  };
  return Array.from({ length: rows }, (_, row) => [
    row * 1_000_003,
    orNull((number) => timestamp(number, row)),
    orNull((number) => number | 0),
    orNull((number) => `customer ${number % 1_000_000_000}`),
    orNull((number) => decimal(number - 2_000_000_000)),
    next() / 1024,
  ]);
}

/** A line per row; an empty field is NULL, as no text of the workload is empty. */
export function* asCsv(rows: readonly IngestRow[]): Generator<string> {
  for (const row of rows) yield `${row.map((value) => value ?? '').join(',')}\n`;
}

function timestamp(number: number, row: number): string {
  const minute = new Date(MS_2000 + (number % 12_000_000) * MS_PER_MINUTE).toISOString();
  return `${minute.slice(0, 19).replace('T', ' ')}.${String(row % 1_000_000).padStart(6, '0')}`;
}

/** Two decimals. */
function decimal(hundredths: number): string {
  const digits = String(Math.abs(hundredths)).padStart(3, '0');
  return `${hundredths < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
