import { isDeepStrictEqual } from 'node:util';
import type { ArrowBatch } from '../../src/arrow/batch.ts';
import type { ArrowSchema } from '../../src/arrow/types.ts';
import { HanaFlightError } from '../../src/core/errors.ts';
import type { BatchStream, FlightSqlProducer } from '../../src/flight/producer.ts';
import type { FlightServerOptions } from '../../src/flight/server.ts';

/**
 * The server's half of one of Arrow's official integration scenarios. The client's half checks the
 * answers; this half checks what the client sent.
 */
export interface Scenario {
  readonly producer: FlightSqlProducer;
  /** Absent: everybody may call. */
  readonly authenticator?: FlightServerOptions['authenticator'];
  readonly responseHeaders?: FlightServerOptions['responseHeaders'];
}

/** @throws HanaFlightError `invalid-argument` unless the client sent just this. */
export function expectSent(what: string, sent: unknown, expected: unknown): void {
  if (isDeepStrictEqual(sent, expected)) return;
  throw new HanaFlightError(
    'invalid-argument',
    `${what}: expected ${shown(expected)}, got ${shown(sent)}`,
  );
}

/** A result of no, one or more batches that are there already. */
export function streamOf(schema: ArrowSchema, ...batches: readonly ArrowBatch[]): BatchStream {
  return { schema, batches: inTurn(batches) };
}

/** The rows that a client uploaded, counted. */
export async function countRows(stream: BatchStream): Promise<number> {
  let rows = 0;
  for await (const batch of stream.batches) rows += batch.rowCount;
  return rows;
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

async function* inTurn(batches: readonly ArrowBatch[]): AsyncGenerator<ArrowBatch> {
  yield* batches;
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
