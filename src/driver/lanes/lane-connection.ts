import { HanaFlightError } from '../../core/errors.ts';
import type { MessageOptions } from '../columnar/batch-messages.ts';
import type { HanaConnection, HanaOutcome, HanaStatement } from '../hana-connection.ts';
import { THREAD_BLOCKS } from '../wire/block-memory.ts';
import type { ColumnMetadata } from '../wire/metadata.ts';
import { columnsFromText } from '../wire/parts/result-set-columns.ts';
import type { LaneCalls, OwnOrder } from './lane-calls.ts';
import { LaneCursor, readOrder } from './lane-cursor.ts';
import type {
  ColumnsText,
  ConnectionState,
  LaneMethod,
  LaneMethods,
  LaneReport,
  OutcomeAnswer,
  SendOrder,
} from './lane-messages.ts';
import { LaneStatement } from './lane-statement.ts';
import { fromPlainError, toPlainError } from './plain-error.ts';

export interface LaneConnectionOptions {
  /** Its number in the lane. */
  readonly id: number;
  readonly send: SendOrder;
  /** Called once, when the lane has nothing more to do for it. */
  readonly onGone: () => void;
}

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (failure: HanaFlightError) => void;
}

const FRESH: ConnectionState = {
  usable: true,
  altered: false,
  transactionOver: true,
  rolledBackBy: undefined,
};

/** A HANA session whose socket and whose decoding are in the thread of a lane. */
export class LaneConnection implements HanaConnection, LaneCalls {
  readonly lost: Promise<HanaFlightError>;
  readonly #options: LaneConnectionOptions;
  readonly #calls = new Map<number, PendingCall>();
  readonly #cursors = new Map<number, LaneCursor>();
  /** Statements that HANA keeps for it. */
  readonly #statements = new Set<number>();
  #lastCall = 0;
  #connectionId = 0;
  #state = FRESH;
  #autoCommit = true;
  /** The last one that was set here; undefined: that of the logon. */
  #chosenSchema: string | undefined;
  #failure: HanaFlightError | undefined;
  #closing: Promise<void> | undefined;
  #lose: (failure: HanaFlightError) => void = () => {};

  constructor(options: LaneConnectionOptions) {
    this.#options = options;
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
  }

  get connectionId(): number {
    return this.#connectionId;
  }

  get usable(): boolean {
    return this.#failure === undefined && this.#closing === undefined && this.#state.usable;
  }

  get reusable(): boolean {
    const idle = !this.busy && this.#statements.size === 0;
    return this.usable && idle && this.transactionOver && !this.altered;
  }

  get transactionOver(): boolean {
    return this.#autoCommit && this.#state.transactionOver;
  }

  get altered(): boolean {
    return this.#state.altered;
  }

  /** Also while a result set is open: a fetch may be on its way, which only the lane knows. */
  get busy(): boolean {
    return this.#calls.size > 0 || this.#cursors.size > 0;
  }

  get autoCommit(): boolean {
    return this.#autoCommit;
  }

  set autoCommit(on: boolean) {
    this.#autoCommit = on;
    this.order({ kind: 'auto-commit', on });
  }

  get rolledBackBy(): HanaFlightError | undefined {
    const { rolledBackBy } = this.#state;
    return rolledBackBy && fromPlainError(rolledBackBy);
  }

  /** Logs on; see `connectHana`. */
  async connect(
    parameters: Parameters<LaneMethods['connect']>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const onAbort = (): void =>
      this.order({ kind: 'abandon', reason: toPlainError(signal?.reason) });
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const connecting = this.call('connect', parameters);
      if (signal?.aborted) onAbort();
      this.#connectionId = await connecting;
    } catch (cause) {
      this.#gone(HanaFlightError.from(cause));
      throw cause;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async settled(): Promise<void> {
    await this.call('settled', []).catch(() => undefined);
  }

  commit(): Promise<void> {
    return this.call('commit', []);
  }

  rollback(): Promise<void> {
    return this.call('rollback', []);
  }

  beginSnapshot(): Promise<string> {
    this.#autoCommit = false;
    return this.call('beginSnapshot', []);
  }

  async endSnapshot(): Promise<void> {
    await this.call('endSnapshot', []);
    this.#autoCommit = true;
  }

  currentSchema(): Promise<string> {
    return this.call('currentSchema', []);
  }

  async setCurrentSchema(schema: string | undefined): Promise<void> {
    if (schema === this.#chosenSchema && !this.altered) return;
    await this.call('setCurrentSchema', [schema]);
    this.#chosenSchema = schema;
  }

  async prepare(sql: string): Promise<HanaStatement> {
    const prepared = await this.call('prepare', [sql]);
    this.#statements.add(prepared.statement);
    return new LaneStatement(this, { ...prepared, columns: columnsOf(prepared) });
  }

  async execute(sql: string, ahead?: MessageOptions): Promise<HanaOutcome> {
    const reading = ahead && readOrder('messages', ahead);
    return this.outcomeOf(await this.call('execute', [sql, reading]), reading !== undefined);
  }

  async validate(): Promise<boolean> {
    return this.usable && (await this.call('validate', []).catch(() => false));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  destroy(cause: Error): void {
    if (this.#failure !== undefined) return;
    const reason = toPlainError(HanaFlightError.from(cause, 'unavailable'));
    this.order({ kind: 'destroy', reason });
    this.#gone(HanaFlightError.from(cause, 'unavailable'));
  }

  call<M extends LaneMethod>(
    method: M,
    parameters: Parameters<LaneMethods[M]>,
    transfer?: readonly ArrayBuffer[],
  ): Promise<ReturnType<LaneMethods[M]>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const call = ++this.#lastCall;
    return new Promise((resolve, reject) => {
      this.#calls.set(call, {
        // The lane answers each method with what LaneMethods says.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        resolve: (value) => resolve(value as ReturnType<LaneMethods[M]>),
        reject,
      });
      this.order({ kind: 'call', call, method, parameters }, transfer);
    });
  }

  order(order: OwnOrder, transfer?: readonly ArrayBuffer[]): void {
    if (this.#failure !== undefined) return;
    this.#options.send({ ...order, connection: this.#options.id }, transfer);
  }

  outcomeOf(answer: OutcomeAnswer, begun = false): HanaOutcome {
    if (answer.kind === 'count') return answer;
    const cursor = new LaneCursor(this, { id: answer.cursor, columns: columnsOf(answer), begun });
    this.#cursors.set(answer.cursor, cursor);
    return { kind: 'rows', cursor };
  }

  dropStatement(statement: number): void {
    if (!this.#statements.delete(statement)) return;
    // To wake the lane takes longer than whoever has used the statement should wait.
    setImmediate(() => this.order({ kind: 'drop-statement', statement }));
  }

  async closeCursor(cursor: number, open: boolean): Promise<void> {
    try {
      if (open && this.#failure === undefined) await this.call('closeCursor', [cursor]);
    } finally {
      this.#cursors.delete(cursor);
    }
  }

  /** Takes what the lane reports about this connection. */
  take(report: LaneReport): void {
    switch (report.kind) {
      case 'answer':
        this.#settle(report.call)?.resolve(report.value);
        break;
      case 'failure':
        this.#settle(report.call)?.reject(fromPlainError(report.failure));
        break;
      case 'state':
        this.#state = report.state;
        break;
      case 'block':
        THREAD_BLOCKS.give(report.block);
        break;
      case 'lost':
        this.#gone(fromPlainError(report.failure));
        break;
      case 'batch':
      case 'message':
      case 'end':
        this.#cursors.get(report.cursor)?.deliver(report);
    }
  }

  /** The lane is gone, and the connection with it. */
  fail(failure: HanaFlightError): void {
    this.#gone(failure);
  }

  #settle(call: number): PendingCall | undefined {
    const pending = this.#calls.get(call);
    this.#calls.delete(call);
    return pending;
  }

  async #close(): Promise<void> {
    await this.call('close', []).catch(() => undefined);
    this.#gone(new HanaFlightError('unavailable', 'the connection to HANA is closed'));
  }

  #gone(failure: HanaFlightError): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    for (const { reject } of this.#calls.values()) reject(failure);
    this.#calls.clear();
    for (const cursor of this.#cursors.values()) cursor.fail(failure);
    this.#cursors.clear();
    this.#lose(failure);
    this.#options.onGone();
  }
}

function columnsOf({ columns }: { readonly columns: ColumnsText }): readonly ColumnMetadata[] {
  return columns === undefined ? [] : columnsFromText(columns);
}
