import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCode, HanaFlightError } from '../../../src/core/errors.ts';
import {
  errorOfStatus,
  fitStatusText,
  MAX_STATUS_TEXT_BYTES,
  statusOf,
} from '../../../src/flight/status.ts';
import {
  command,
  descriptor,
  failureOf,
  RawClient,
  startServer,
} from '../../support/flight-server.ts';

const expected: Record<ErrorCode, status> = {
  'invalid-argument': status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  'permission-denied': status.PERMISSION_DENIED,
  'not-found': status.NOT_FOUND,
  'already-exists': status.ALREADY_EXISTS,
  'failed-precondition': status.FAILED_PRECONDITION,
  aborted: status.ABORTED,
  cancelled: status.CANCELLED,
  'deadline-exceeded': status.DEADLINE_EXCEEDED,
  'resource-exhausted': status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
  unimplemented: status.UNIMPLEMENTED,
  'unrepresentable-value': status.OUT_OF_RANGE,
  'malformed-packet': status.INTERNAL,
  internal: status.INTERNAL,
};

const codes = Object.keys(ERROR_CODES) as ErrorCode[];

/** What a client sees of an error that a backend threw. */
async function throughServer(error: Error) {
  const server = await startServer({
    producer: {
      describeStatement: async () => {
        throw error;
      },
    },
  });
  const request = descriptor(command('CommandStatementQuery', { query: 'x' }));
  return failureOf(new RawClient(server).unary('GetSchema', request));
}

it.each(codes)('%s has its gRPC status', (code) => {
  expect(statusOf(new HanaFlightError(code, 'text'))).toMatchObject({
    code: expected[code],
    details: 'text',
  });
});

it.each(codes.filter((code) => code !== 'malformed-packet'))(
  '%s comes back from its status',
  (code) => {
    const { details, metadata } = statusOf(new HanaFlightError(code, 'text'));
    const error = Object.assign(new Error('x'), { code: expected[code], details, metadata });
    expect(errorOfStatus(error)).toMatchObject({ code, message: 'text' });
  },
);

it("carries HANA's detail there and back", async () => {
  const hana = { code: 257, sqlState: 'HY000', position: 8 };
  const failure = await throughServer(new HanaFlightError('invalid-argument', 'syntax', { hana }));
  expect(errorOfStatus(failure).hana).toEqual(hana);
});

it('leaves a position out that HANA did not give, and a SQLSTATE that no header can hold', () => {
  const { metadata } = statusOf(
    new HanaFlightError('internal', 'x', { hana: { code: 2, sqlState: 'a\nb' } }),
  );
  expect(metadata.getMap()).toEqual({ 'x-hana-error-code': '2' });
});

it('an unknown status is internal', () => {
  const code: status = status.UNKNOWN;
  const error = Object.assign(new Error('x'), { code, details: 'odd', metadata: new Metadata() });
  expect(errorOfStatus(error)).toMatchObject({ code: 'internal', message: 'odd' });
});

describe('the text of a status', () => {
  it.each([
    ['plain', 'no such table'],
    ['percent signs', '100 %25 %zz'],
    ['umlauts and line ends', 'Tür\r\n„Straße“\u0000'],
    ['characters beyond the basic plane', '😀 𠮷'],
  ])('arrives unchanged: %s', async (_what, text) => {
    expect((await throughServer(new HanaFlightError('not-found', text))).details).toBe(text);
  });

  it('has halves of surrogate pairs replaced, which gRPC could not send', async () => {
    const text = 'a\ud83db';
    expect((await throughServer(new HanaFlightError('not-found', text))).details).toBe('a\ufffdb');
  });

  it.each([
    ['short characters', 'x'],
    ['long characters', 'ü'],
    ['pairs', '😀'],
    ['percent', '%'],
  ])('is cut at a character below 7 KiB on the wire: %s', async (_what, character) => {
    const failure = await throughServer(
      new HanaFlightError('not-found', character.repeat(100_000)),
    );
    expect(failure.details).toMatch(new RegExp(`^(${character})+ \\.\\.\\. \\(cut\\)$`, 'u'));
    const bytes = encodeURI(failure.details).length;
    expect(bytes).toBeLessThanOrEqual(MAX_STATUS_TEXT_BYTES);
    expect(bytes).toBeGreaterThan(MAX_STATUS_TEXT_BYTES - 20);
  });

  it('stays whole at the limit', () => {
    const text = 'x'.repeat(MAX_STATUS_TEXT_BYTES);
    expect(fitStatusText(text)).toBe(text);
    expect(fitStatusText(`${text}x`)).toMatch(/\(cut\)$/);
  });
});
