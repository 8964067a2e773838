import { HanaFlightError } from '../../../core/errors.ts';
import type {
  HanaConnection,
  HanaCursor,
  HanaOutcome,
  HanaStatement,
} from '../../hana-connection.ts';
import { connectHana } from '../../session/connect.ts';
import { metadataText } from '../../wire/parts/result-set-columns.ts';
import type {
  ConnectionState,
  LaneMethods,
  LaneOrder,
  OutcomeAnswer,
  SendReport,
} from '../lane-messages.ts';
import { toPlainError } from '../plain-error.ts';
import { CursorReading } from './cursor-reading.ts';

export interface HostedConnectionOptions {
  readonly id: number;
  readonly report: SendReport;
  /** Told when there is nothing left of it. */
  readonly onGone: () => void;
}

interface HostedCursor {
  readonly cursor: HanaCursor;
  reading?: CursorReading;
}

type ReadOrder = Extract<LaneOrder, { readonly kind: 'read' }>;

/** What a lane does for each method. */
type Methods = {
  readonly [M in keyof LaneMethods]: (
    ...parameters: Parameters<LaneMethods[M]>
  ) => Promise<ReturnType<LaneMethods[M]>>;
};

/** Numbers of statements and cursors: of the whole thread, so that none comes twice. */
let lastNumber = 0;

/** A connection to HANA in the thread of a lane, and what is open on it. */
export class HostedConnection {
  readonly #options: HostedConnectionOptions;
  readonly #connecting = new AbortController();
  readonly #statements = new Map<number, HanaStatement>();
  readonly #cursors = new Map<number, HostedCursor>();
  #opened: HanaConnection | undefined;
  #reported = '';
  #lostBy: HanaFlightError | undefined;
  /** Calls and readings whose end is still to be reported. */
  #running = 0;

  constructor(options: HostedConnectionOptions) {
    this.#options = options;
  }

  call({ call, method, parameters }: Extract<LaneOrder, { readonly kind: 'call' }>): void {
    const { id: connection, report } = this.#options;
    // Posted by LaneConnection, which has the parameters follow the method.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const work = this.#methods[method] as (...values: readonly unknown[]) => Promise<unknown>;
    void this.#track(async () => {
      try {
        const value = await work(...parameters);
        this.#reportState();
        report({ kind: 'answer', connection, call, value });
      } catch (thrown) {
        this.#reportState();
        report({ kind: 'failure', connection, call, failure: toPlainError(thrown) });
      }
    });
  }

  abandon(reason: HanaFlightError): void {
    this.#connecting.abort(reason);
  }

  setAutoCommit(on: boolean): void {
    if (this.#opened !== undefined) this.#opened.autoCommit = on;
  }

  destroy(reason: HanaFlightError): void {
    this.#connecting.abort(reason);
    this.#opened?.destroy(reason);
  }

  read(order: Omit<ReadOrder, 'kind' | 'connection'>): void {
    const hosted = this.#cursors.get(order.cursor);
    const { report, id: connection } = this.#options;
    // The connection may have been lost meanwhile, which the main thread knows.
    if (hosted === undefined) return;
    const { cursor } = hosted;
    const reading = new CursorReading({ cursor, order: { ...order, connection }, report });
    hosted.reading = reading;
    void this.#track(async () => {
      const failure = await reading.run();
      this.#cursors.delete(order.cursor);
      this.#reportState();
      report({ kind: 'end', connection, cursor: order.cursor, failure });
    });
  }

  dropStatement(number: number): void {
    this.#statements.get(number)?.drop();
    this.#statements.delete(number);
  }

  giveCredit(cursor: number): void {
    this.#cursors.get(cursor)?.reading?.giveCredit();
  }

  /** The thread ends. */
  end(): void {
    this.destroy(new HanaFlightError('unavailable', 'the server is closed'));
  }

  get #connection(): HanaConnection {
    if (this.#opened !== undefined) return this.#opened;
    throw new HanaFlightError('internal', 'a lane was asked to use a connection that it has not');
  }

  readonly #methods: Methods = {
    connect: async (endpoint, credentials, options) => {
      const { signal } = this.#connecting;
      try {
        this.#opened = await connectHana(endpoint, credentials, { ...options, signal });
      } catch (thrown) {
        this.#lostBy = HanaFlightError.from(thrown);
        throw thrown;
      }
      void this.#opened.lost.then((failure) => this.#lose(failure));
      return this.#opened.connectionId;
    },
    currentSchema: async () => this.#connection.currentSchema(),
    setCurrentSchema: async (schema) => this.#connection.setCurrentSchema(schema),
    commit: async () => this.#connection.commit(),
    rollback: async () => this.#connection.rollback(),
    beginSnapshot: async () => this.#connection.beginSnapshot(),
    endSnapshot: async () => this.#connection.endSnapshot(),
    validate: async () => this.#connection.validate(),
    settled: async () => this.#connection.settled(),
    close: async () => this.#connection.close(),
    prepare: async (sql) => {
      const statement = await this.#connection.prepare(sql);
      const { functionCode, columns, parameters } = statement;
      const number = ++lastNumber;
      this.#statements.set(number, statement);
      return { statement: number, functionCode, columns: metadataText(columns), parameters };
    },
    execute: async (sql, ahead) => {
      const answer = this.#answerOf(await this.#connection.execute(sql));
      if (answer.kind === 'rows' && ahead !== undefined) {
        // Not before the main thread has been told of the result set.
        setImmediate(() => this.read({ cursor: answer.cursor, ...ahead }));
      }
      return answer;
    },
    executeStatement: async (statement, row) =>
      this.#answerOf(await this.#statement(statement).execute(row)),
    executeRows: async (statement, { block, ...rows }, firstRow) => {
      const affectedRows = await this.#statement(statement).executeRows(rows, firstRow);
      if (block !== undefined) this.#giveBack(block);
      return affectedRows;
    },
    closeCursor: async (number) => {
      const hosted = this.#cursors.get(number);
      hosted?.reading?.stop(new HanaFlightError('cancelled', 'the result set was closed'));
      this.#cursors.delete(number);
      await hosted?.cursor.close();
    },
  };

  #statement(number: number): HanaStatement {
    const statement = this.#statements.get(number);
    if (statement !== undefined) return statement;
    throw new HanaFlightError('internal', 'a lane was asked to use a statement that it has not');
  }

  #answerOf(outcome: HanaOutcome): OutcomeAnswer {
    if (outcome.kind === 'count') return outcome;
    const { cursor } = outcome;
    const number = ++lastNumber;
    this.#cursors.set(number, { cursor });
    return { kind: 'rows', cursor: number, columns: metadataText(cursor.columns) };
  }

  /** Tells the main thread what the connection is like, if that has changed. */
  #reportState(): void {
    const { id: connection, report } = this.#options;
    if (this.#opened === undefined) return;
    const { usable, altered, transactionOver, rolledBackBy } = this.#opened;
    const state: ConnectionState = {
      usable,
      altered,
      transactionOver,
      rolledBackBy: rolledBackBy && toPlainError(rolledBackBy),
    };
    const text = JSON.stringify(state);
    if (text === this.#reported) return;
    this.#reported = text;
    report({ kind: 'state', connection, state });
  }

  /** To the main thread, whose rows will be in it. */
  #giveBack(block: ArrayBuffer): void {
    const { id: connection, report } = this.#options;
    report({ kind: 'block', connection, block }, [block]);
  }

  #lose(failure: HanaFlightError): void {
    this.#lostBy = failure;
    for (const { reading } of this.#cursors.values()) reading?.stop(failure);
    this.#reportState();
    this.#leaveIfLost();
  }

  /** The main thread may forget a lost connection when everything it waits for has been reported. */
  #leaveIfLost(): void {
    const { id: connection, report, onGone } = this.#options;
    if (this.#lostBy === undefined || this.#running > 0) return;
    report({ kind: 'lost', connection, failure: toPlainError(this.#lostBy) });
    onGone();
  }

  async #track(work: () => Promise<void>): Promise<void> {
    this.#running++;
    await work();
    this.#running--;
    this.#leaveIfLost();
  }
}
