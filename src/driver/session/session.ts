import type { Connection } from 'hdb';
import { HanaFlightError } from '../../core/errors.ts';
import { changesSession } from '../dialect/session-effect.ts';
import { statements } from '../dialect/statements.ts';
import type { HanaConnection, HanaOutcome, HanaStatement } from '../hana-connection.ts';
import { FunctionCode } from '../wire/function-code.ts';
import { findPart } from '../wire/message.ts';
import { PartKind } from '../wire/part-kind.ts';
import { decodeParameterMetadata } from '../wire/parts/parameter-metadata.ts';
import { CurrentSchema } from './current-schema.ts';
import type { Link } from './link.ts';
import { onlyText } from './only-row.ts';
import { columnsOf, Outcomes, type SessionOutcome } from './outcomes.ts';
import { type HanaReply, Requests } from './requests.ts';
import { PreparedStatement, type StatementHost } from './statement.ts';
import { TransactionState } from './transaction-state.ts';

export interface SessionOptions {
  /** Rows asked for with each fetch. */
  readonly fetchRows: number;
  /** Largest request packet. */
  readonly packetBytes: number;
}

/** How long HANA may take to answer the goodbye before the socket is closed all the same. */
const GOODBYE_MS = 2_000;

/** What a packet holds besides the SQL text or the parameters, generously. */
const PACKET_OVERHEAD_BYTES = 64 * 1024;

/** LOBs are sent in pieces of this size or less: that of the largest packets of SAP's own clients by default. */
const MAX_LOB_PACKET_BYTES = 1024 * 1024;

/** Function codes of statements that may have changed the session, whatever their text looked like. */
const ALTERING_FUNCTIONS: ReadonlySet<number> = new Set([
  FunctionCode.CONNECT,
  FunctionCode.DBPROCEDURECALL,
  FunctionCode.DBPROCEDURECALLWITHRESULT,
]);

/** A HANA session: node-hdb sends its requests, this project reads the replies. */
export class HdbSession implements HanaConnection {
  readonly #link: Link;
  readonly #requests: Requests;
  readonly #outcomes: Outcomes;
  readonly #transaction: TransactionState;
  readonly #options: SessionOptions;
  /** Cursors and prepared statements that HANA keeps for this session. */
  readonly #handles = new Set<object>();
  #schema: CurrentSchema;
  #connectionId = 0;
  #altered = false;
  #closing: Promise<void> | undefined;

  constructor(connection: Connection, link: Link, options: SessionOptions) {
    this.#link = link;
    this.#transaction = new TransactionState(connection);
    this.#requests = new Requests(connection, link, (failure) => this.#transaction.lose(failure));
    this.#options = options;
    this.#outcomes = new Outcomes({
      requests: this.#requests,
      handles: this.#handles,
      fetchRows: options.fetchRows,
      usable: () => this.usable,
    });
    this.#schema = this.#schemaOf(undefined);
  }

  get connectionId(): number {
    return this.#connectionId;
  }

  get usable(): boolean {
    return this.#link.failure === undefined && this.#closing === undefined;
  }

  get lost(): Promise<HanaFlightError> {
    return this.#link.lost;
  }

  get reusable(): boolean {
    const idle = !this.busy && this.#handles.size === 0 && this.#transaction.over;
    return this.usable && idle && !this.#altered;
  }

  get altered(): boolean {
    return this.#altered;
  }

  get transactionOver(): boolean {
    return this.#transaction.over;
  }

  get busy(): boolean {
    return this.#requests.pending > 0;
  }

  get autoCommit(): boolean {
    return this.#transaction.autoCommit;
  }

  set autoCommit(on: boolean) {
    this.#transaction.autoCommit = on;
  }

  get rolledBackBy(): HanaFlightError | undefined {
    return this.#transaction.lostBy;
  }

  /**
   * Ends the set-up of the session.
   * @param schema the one that the set-up has chosen; undefined: the default of the user.
   */
  begin(connectionId: number, schema: string | undefined): void {
    this.#connectionId = connectionId;
    this.#schema = this.#schemaOf(schema);
  }

  settled(): Promise<void> {
    return this.#requests.settled();
  }

  commit(): Promise<void> {
    return this.#transaction.commit(this.#requests);
  }

  rollback(): Promise<void> {
    return this.#transaction.rollback(this.#requests);
  }

  async beginSnapshot(): Promise<string> {
    this.autoCommit = false;
    await this.executeOwn(statements.repeatableRead);
    return onlyText(await this.executeOwn(statements.snapshotStamp), 'the stamp of the snapshot');
  }

  async endSnapshot(): Promise<void> {
    await this.rollback();
    this.autoCommit = true;
    await this.executeOwn(statements.readCommitted);
  }

  currentSchema(): Promise<string> {
    return this.#schema.get();
  }

  setCurrentSchema(schema: string | undefined): Promise<void> {
    return this.#schema.set(schema);
  }

  async prepare(sql: string): Promise<HanaStatement> {
    this.#refuseLongText(sql);
    const reply = await this.#requests.run((hdb, done) => hdb.prepare({ command: sql }, done));
    const part = this.#requests.require(reply, PartKind.STATEMENTID, 'PREPARE');
    const parameters = findPart(reply, PartKind.PARAMETERMETADATA);
    const preparation = {
      statementId: Buffer.from(part.data),
      functionCode: reply.functionCode,
      columns: columnsOf(reply) ?? [],
      parameters: parameters === undefined ? [] : decodeParameterMetadata(parameters),
    };
    const alters = changesSession(sql) || ALTERING_FUNCTIONS.has(reply.functionCode);
    return new PreparedStatement(preparation, this.#hostOf(alters));
  }

  async execute(sql: string): Promise<HanaOutcome> {
    this.#refuseLongText(sql);
    this.#beforeExecution(changesSession(sql));
    const reply = await this.#executeText(sql);
    if (ALTERING_FUNCTIONS.has(reply.functionCode)) this.#alter();
    return this.#outcomes.read(reply, undefined);
  }

  /** Executes one of our own texts, which is not a statement of the user's. */
  async executeOwn(sql: string): Promise<SessionOutcome> {
    this.#transaction.begin();
    return this.#outcomes.read(await this.#executeText(sql), undefined);
  }

  async validate(): Promise<boolean> {
    if (!this.usable) return false;
    try {
      const outcome = await this.executeOwn(statements.ping);
      if (outcome.kind === 'rows') await outcome.cursor.close();
      return this.usable;
    } catch {
      return false;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#sayGoodbye();
    return this.#closing;
  }

  destroy(cause: Error): void {
    this.#link.fail(cause);
  }

  async #sayGoodbye(): Promise<void> {
    const closed = new HanaFlightError('unavailable', 'the connection to HANA is closed');
    const timer = setTimeout(() => this.#link.fail(closed), GOODBYE_MS);
    try {
      await this.#requests.run((hdb, done) => hdb.disconnect(done));
    } catch {
      // HANA may close the socket in place of an answer: that is all that was wanted.
    } finally {
      clearTimeout(timer);
      this.#link.fail(closed);
    }
  }

  #executeText(sql: string): Promise<HanaReply> {
    return this.#requests.run((hdb, done) => hdb.executeDirect({ command: sql }, done));
  }

  /** Goes by what is sent: a statement that fails may have done part of its work. */
  #beforeExecution(alters: boolean): void {
    if (alters) this.#alter();
    this.#transaction.begin();
  }

  #alter(): void {
    this.#altered = true;
    this.#schema.lose();
  }

  #hostOf(alters: boolean): StatementHost {
    const { packetBytes } = this.#options;
    return {
      requests: this.#requests,
      outcomes: this.#outcomes,
      handles: this.#handles,
      parameterBytes: packetBytes - PACKET_OVERHEAD_BYTES,
      lobPacketBytes: Math.min(packetBytes, MAX_LOB_PACKET_BYTES) - PACKET_OVERHEAD_BYTES,
      autoCommit: () => this.#transaction.autoCommit,
      onExecute: () => this.#beforeExecution(alters),
    };
  }

  #schemaOf(logon: string | undefined): CurrentSchema {
    return new CurrentSchema(
      {
        ask: async () =>
          onlyText(await this.executeOwn(statements.currentSchema), 'CURRENT_SCHEMA'),
        choose: async (schema) => {
          await this.executeOwn(statements.setSchema(schema));
        },
      },
      logon,
    );
  }

  #refuseLongText(sql: string): void {
    const limit = this.#options.packetBytes - PACKET_OVERHEAD_BYTES;
    const bytes = Buffer.byteLength(sql);
    if (bytes <= limit) return;
    throw new HanaFlightError(
      'resource-exhausted',
      `expected an SQL text of at most ${limit} bytes (packetBytes), this one has ${bytes}`,
    );
  }
}
