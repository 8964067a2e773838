import { once } from 'node:events';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { type RecordBatch, RecordBatchReader, Table } from 'apache-arrow';
import type { ArrowBatch } from '../../src/arrow/batch.ts';
import { encodeBatch } from '../../src/arrow/ipc-batch.ts';
import { encapsulateMessage } from '../../src/arrow/ipc-message.ts';
import { encodeSchemaHeader } from '../../src/arrow/ipc-schema.ts';
import type { ArrowSchema } from '../../src/arrow/types.ts';
import { decodeFlightData, encodeFlightData } from '../../src/flight/flight-data.ts';
import { FLIGHT, messageCodec, packAny, unpackAny } from '../../src/flight/protocol.ts';
import { errorOfStatus } from '../../src/flight/status.ts';
import { rowsOf } from './arrow-rows.ts';
import { command, descriptor, SQL_PACKAGE, ticket } from './flight-server.ts';

/** Rows to send. */
export interface Upload {
  readonly schema: ArrowSchema;
  readonly batches: readonly ArrowBatch[];
}

interface Prepared {
  readonly prepared_statement_handle: Buffer;
  readonly dataset_schema: Buffer;
  readonly parameter_schema: Buffer;
  readonly is_update: boolean;
}

interface InTransaction {
  readonly transaction?: Uint8Array | undefined;
}

const updateResult = messageCodec<{ record_count: string }>(`${SQL_PACKAGE}DoPutUpdateResult`);
const flightData = messageCodec<object>('arrow.flight.protocol.FlightData');

/** Endings of Flight SQL's enumerations, for transactions and savepoints alike. */
const FIRST = 1;
const SECOND = 2;

/**
 * A logged-on Flight SQL client of the tests: every command and action, by hand-made messages. All its
 * calls carry the token of one Handshake, so they are one session.
 */
export class SqlSession {
  readonly #client: Client;
  readonly #headers: Metadata;

  private constructor(client: Client, headers: Metadata) {
    this.#client = client;
    this.#headers = headers;
  }

  static async logOn(
    server: { readonly port: number },
    user = 'DEMO',
    password = 'Demo1234',
  ): Promise<SqlSession> {
    const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
    const basic = new Metadata();
    basic.set('authorization', `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
    const call = client.makeBidiStreamRequest(path('Handshake'), pass, pass, basic, {});
    const metadata = once(call, 'metadata');
    call.resume().end();
    const [answer] = (await metadata) as [Metadata];
    const headers = new Metadata();
    for (const value of answer.get('authorization')) headers.set('authorization', value);
    await once(call, 'end');
    return new SqlSession(client, headers);
  }

  /** What its calls send as `authorization`. */
  get authorization(): string {
    return String(this.#headers.get('authorization')[0]);
  }

  close(): void {
    this.#client.close();
  }

  /** Rows of a query as plain objects. */
  async query(
    sql: string,
    { transaction }: InTransaction = {},
  ): Promise<readonly Record<string, unknown>[]> {
    const info = await this.plan(statementQuery(sql, transaction));
    return rowsOf(await this.read(info));
  }

  /** GetFlightInfo of a packed command. */
  async plan(cmd: Uint8Array) {
    return FLIGHT.info.decode(await this.#unary('GetFlightInfo', descriptor(cmd)));
  }

  /** All endpoints of a plan, one after the other. */
  async read(info: Awaited<ReturnType<SqlSession['plan']>>): Promise<Table> {
    const batches: RecordBatch[] = [];
    for (const endpoint of info.endpoint) {
      batches.push(...(await this.doGet(endpoint.ticket?.ticket ?? Buffer.alloc(0))));
    }
    return new Table(batches);
  }

  async doGet(ticketBytes: Uint8Array): Promise<RecordBatch[]> {
    const messages: Uint8Array[] = [];
    for await (const bytes of this.openGet(ticketBytes)) {
      const data = decodeFlightData(bytes);
      messages.push(encapsulateMessage(data.header), data.body);
    }
    return RecordBatchReader.from(Buffer.concat(messages)).readAll();
  }

  /** The messages of a DoGet as they come. */
  openGet(ticketBytes: Uint8Array, signal?: AbortSignal): AsyncIterable<Buffer> {
    const call = this.#client.makeServerStreamRequest<Buffer, Buffer>(
      path('DoGet'),
      pass,
      pass,
      ticket(ticketBytes),
      this.#headers,
      {},
    );
    signal?.addEventListener('abort', () => call.cancel());
    return failing(call);
  }

  /** CommandStatementUpdate. @returns rows affected. */
  async update(sql: string, { transaction }: InTransaction = {}): Promise<number> {
    return this.put(
      command('CommandStatementUpdate', {
        query: sql,
        ...(transaction && { transaction_id: transaction }),
      }),
    );
  }

  /** DoPut that answers with a row count. */
  async put(cmd: Uint8Array, upload?: Upload): Promise<number> {
    const [answer] = await this.putRaw(cmd, upload);
    return Number(updateResult.decode(answer ?? Buffer.alloc(0)).record_count);
  }

  /** DoPut; the application metadata of its answers. */
  async putRaw(cmd: Uint8Array, upload?: Upload): Promise<Uint8Array[]> {
    const call = this.#client.makeBidiStreamRequest<Buffer, Buffer>(
      path('DoPut'),
      pass,
      pass,
      this.#headers,
      {},
    );
    call.write(
      flightData.encode({
        flight_descriptor: FLIGHT.descriptor.decode(descriptor(cmd)),
        ...(upload && { data_header: encodeSchemaHeader(upload.schema) }),
      }),
    );
    for (const batch of upload?.batches ?? []) {
      const { header, body } = encodeBatch(batch);
      call.write(encodeFlightData(header, body));
    }
    call.end();
    const answers: Uint8Array[] = [];
    for await (const bytes of failing(call)) {
      answers.push(FLIGHT.putResult.decode(bytes).app_metadata);
    }
    return answers;
  }

  async prepare(sql: string, { transaction }: InTransaction = {}): Promise<Prepared> {
    return this.sqlAction<Prepared>('CreatePreparedStatement', {
      query: sql,
      ...(transaction && { transaction_id: transaction }),
    });
  }

  async begin(): Promise<Buffer> {
    const { transaction_id } = await this.sqlAction<{ transaction_id: Buffer }>('BeginTransaction');
    return transaction_id;
  }

  async commit(transaction: Uint8Array): Promise<void> {
    await this.sqlAction('EndTransaction', { transaction_id: transaction, action: FIRST });
  }

  async rollback(transaction: Uint8Array): Promise<void> {
    await this.sqlAction('EndTransaction', { transaction_id: transaction, action: SECOND });
  }

  async savepoint(transaction: Uint8Array, name: string): Promise<Buffer> {
    const request = { transaction_id: transaction, name };
    const { savepoint_id } = await this.sqlAction<{ savepoint_id: Buffer }>(
      'BeginSavepoint',
      request,
    );
    return savepoint_id;
  }

  async releaseSavepoint(savepoint: Uint8Array): Promise<void> {
    await this.sqlAction('EndSavepoint', { savepoint_id: savepoint, action: FIRST });
  }

  async rollbackToSavepoint(savepoint: Uint8Array): Promise<void> {
    await this.sqlAction('EndSavepoint', { savepoint_id: savepoint, action: SECOND });
  }

  /** An action of Flight SQL: its bodies are packed. */
  async sqlAction<T = object>(type: string, request: object = {}): Promise<T> {
    const body = packAny(messageCodec<object>(`${SQL_PACKAGE}Action${type}Request`), request);
    const [answer] = await this.action(type, body);
    if (answer === undefined) return {} as T;
    const { value } = unpackAny(answer, type);
    return messageCodec<object>(`${SQL_PACKAGE}Action${type}Result`).decode(value) as T;
  }

  /** An action of Flight itself: its bodies are bare. */
  async flightAction<T = object>(type: string, request: object = {}): Promise<T> {
    const body = messageCodec<object>(`arrow.flight.protocol.${type}Request`).encode(request);
    const [answer = Buffer.alloc(0)] = await this.action(type, body);
    const result =
      type === 'RenewFlightEndpoint'
        ? 'arrow.flight.protocol.FlightEndpoint'
        : `arrow.flight.protocol.${type}Result`;
    return messageCodec<object>(result).decode(answer) as T;
  }

  async action(type: string, body: Uint8Array): Promise<Uint8Array[]> {
    const call = this.#client.makeServerStreamRequest<Buffer, Buffer>(
      path('DoAction'),
      pass,
      pass,
      FLIGHT.action.encode({ type, body }),
      this.#headers,
      {},
    );
    const answers: Uint8Array[] = [];
    for await (const bytes of failing(call)) answers.push(FLIGHT.result.decode(bytes).body);
    return answers;
  }

  #unary(rpc: string, request: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest<Buffer, Buffer>(
        path(rpc),
        pass,
        pass,
        request,
        this.#headers,
        (error, reply) => {
          if (error !== null) reject(errorOfStatus(error));
          else resolve(reply ?? Buffer.alloc(0));
        },
      );
    });
  }
}

/** A query's command, packed. */
export function statementQuery(sql: string, transaction?: Uint8Array): Buffer {
  return command('CommandStatementQuery', {
    query: sql,
    ...(transaction && { transaction_id: transaction }),
  });
}

export function preparedQuery(handle: Uint8Array): Buffer {
  return command('CommandPreparedStatementQuery', { prepared_statement_handle: handle });
}

export function preparedUpdate(handle: Uint8Array): Buffer {
  return command('CommandPreparedStatementUpdate', { prepared_statement_handle: handle });
}

/** Turns a call's status into the error that it stands for. */
async function* failing(call: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* call;
  } catch (error) {
    throw errorOfStatus(error as Parameters<typeof errorOfStatus>[0]);
  }
}

function path(rpc: string): string {
  return `/arrow.flight.protocol.FlightService/${rpc}`;
}

function pass(bytes: Buffer): Buffer {
  return bytes;
}
