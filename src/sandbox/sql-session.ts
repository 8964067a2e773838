import { FunctionCode } from '../driver/wire/function-code.ts';
import { findPart, type Part, type RequestMessage, requirePart } from '../driver/wire/message.ts';
import { MessageType } from '../driver/wire/message-type.ts';
import { PartKind } from '../driver/wire/part-kind.ts';
import { decodeClientInfo } from '../driver/wire/parts/client-info.ts';
import { decodeCommand } from '../driver/wire/parts/command.ts';
import { decodeFetchSize } from '../driver/wire/parts/fetch-size.ts';
import { encodeParameterMetadata } from '../driver/wire/parts/parameter-metadata.ts';
import { decodeParameters } from '../driver/wire/parts/parameters.ts';
import { encodeReadLobReply } from '../driver/wire/parts/read-lob-reply.ts';
import { decodeReadLobRequest } from '../driver/wire/parts/read-lob-request.ts';
import { decodeResultSetId } from '../driver/wire/parts/result-set-id.ts';
import { encodeResultSetMetadata } from '../driver/wire/parts/result-set-metadata.ts';
import { encodeRowsAffected } from '../driver/wire/parts/rows-affected.ts';
import { decodeStatementId, encodeStatementId } from '../driver/wire/parts/statement-id.ts';
import { encodeWriteLobReply } from '../driver/wire/parts/write-lob-reply.ts';
import { decodeWriteLobRequests } from '../driver/wire/parts/write-lob-request.ts';
import { SandboxError } from './engine.ts';
import { awaitsLobs, DeferredExecution, engineValue } from './lob-writes.ts';
import { makeReply, protocolError, type Reply } from './reply.ts';
import type { ActiveStatement, ActiveTransaction } from './session-registry.ts';
import { type ExecutionTerms, type SessionContext, StatementRunner } from './statement-runner.ts';
import { StatementTable } from './statements.ts';

type Handler = (request: RequestMessage) => Promise<Reply>;

const FEATURE_NOT_SUPPORTED = 7;
const UNBOUND_PARAMETER = 467;

/** A logged-on session: takes requests apart and puts replies together. One request at a time. */
export class SqlSession {
  readonly #context: SessionContext;
  readonly #runner: StatementRunner;
  readonly #statements = new StatementTable();
  #deferred: DeferredExecution | undefined;

  readonly #handlers: ReadonlyMap<number, Handler> = new Map<number, Handler>([
    [MessageType.EXECUTEDIRECT, (request) => this.#executeDirect(request)],
    [MessageType.PREPARE, (request) => this.#prepare(request)],
    [MessageType.EXECUTE, (request) => this.#execute(request)],
    [MessageType.FETCHNEXT, (request) => this.#fetchNext(request)],
    [MessageType.CLOSERESULTSET, (request) => this.#closeResultSet(request)],
    [MessageType.DROPSTATEMENTID, (request) => this.#dropStatementId(request)],
    [MessageType.READLOB, (request) => this.#readLob(request)],
    [MessageType.WRITELOB, (request) => this.#writeLob(request)],
    [MessageType.COMMIT, () => this.#commit()],
    [MessageType.ROLLBACK, () => this.#rollback()],
    [MessageType.PING, async () => makeReply(FunctionCode.NIL)],
    [MessageType.CLIENT_PING, async () => makeReply(FunctionCode.NIL)],
  ]);

  constructor(context: SessionContext) {
    this.#context = context;
    this.#runner = new StatementRunner(context);
  }

  get transaction(): ActiveTransaction | undefined {
    return this.#runner.transaction;
  }

  activeStatements(): readonly ActiveStatement[] {
    return this.#runner.activeStatements();
  }

  /** Serves one request. Throws what becomes an ERROR reply. */
  async answer(request: RequestMessage): Promise<Reply> {
    const handler = this.#handlers.get(request.messageType);
    if (handler === undefined) {
      throw new SandboxError(
        FEATURE_NOT_SUPPORTED,
        `feature not supported: message type ${request.messageType}`,
      );
    }
    const clientInfo = findPart(request, PartKind.CLIENTINFO);
    if (clientInfo !== undefined) this.#setVariables(clientInfo);
    return this.#runner.serve(() => handler(request));
  }

  /** Ends the running statement and the open cursors with error 139. */
  cancel(): void {
    this.#runner.cancel();
  }

  /** Rolls back and frees everything. */
  async close(): Promise<void> {
    try {
      await this.#runner.close();
      await this.#statements.dropAll();
    } finally {
      this.#context.lobs.clear();
      await this.#context.engine.close();
    }
  }

  #setVariables(clientInfo: Part): void {
    for (const [name, value] of decodeClientInfo(clientInfo)) {
      this.#context.engine.setVariable(name, value);
    }
  }

  async #executeDirect(request: RequestMessage): Promise<Reply> {
    const sql = decodeCommand(requirePart(request, PartKind.COMMAND));
    const statement = await this.#runner.compile(sql);
    try {
      const { parameters } = statement.engine;
      if (parameters.length > 0) {
        throw new SandboxError(
          UNBOUND_PARAMETER,
          `cannot use parameter variable: no values came for ${parameters.length} parameters`,
        );
      }
      return await this.#runner.run(statement, [[]], termsOf(request));
    } finally {
      await statement.release();
    }
  }

  async #prepare(request: RequestMessage): Promise<Reply> {
    const sql = decodeCommand(requirePart(request, PartKind.COMMAND));
    const statement = await this.#runner.compile(sql);
    const { columns, parameters, functionCode } = statement.engine;
    const metadata = columns.length > 0 ? [encodeResultSetMetadata(columns)] : [];
    // Also for no parameters: node-hdb uses the part without looking whether it came.
    const parameterMetadata = encodeParameterMetadata(parameters);
    const id = encodeStatementId(this.#statements.add(statement));
    return makeReply(functionCode, [id, ...metadata, parameterMetadata]);
  }

  async #execute(request: RequestMessage): Promise<Reply> {
    const id = decodeStatementId(requirePart(request, PartKind.STATEMENTID));
    const statement = this.#statements.require(id);
    const { parameters } = statement.engine;
    const part = findPart(request, PartKind.PARAMETERS);
    if (part === undefined && parameters.some((parameter) => parameter.mode !== 'out')) {
      throw protocolError(`no values came for ${parameters.length} parameters`);
    }
    if (part !== undefined && part.argumentCount > 1) {
      const packed = { bytes: part.data, rowCount: part.argumentCount };
      const reply = await this.#runner.runPacked(statement, packed, termsOf(request));
      if (reply !== undefined) return reply;
    }
    const rows = part === undefined ? [[]] : decodeParameters(part, parameters);
    if (!awaitsLobs(rows)) {
      const values = rows.map((row) => row.map(engineValue));
      return this.#runner.run(statement, values, termsOf(request));
    }
    const deferred = new DeferredExecution(statement, rows, termsOf(request));
    this.#deferred = deferred;
    // The rows are counted before the statement has run: hdbconnect looks at no later reply.
    return makeReply(statement.engine.functionCode, [
      encodeRowsAffected(rows.map(() => 1)),
      encodeWriteLobReply(deferred.openLocators()),
    ]);
  }

  async #writeLob(request: RequestMessage): Promise<Reply> {
    const deferred = this.#deferred;
    if (deferred === undefined) throw protocolError('no statement waits for LOB data');
    for (const piece of decodeWriteLobRequests(requirePart(request, PartKind.WRITELOBREQUEST))) {
      deferred.write(piece);
    }
    const open = deferred.openLocators();
    if (open.length > 0) return makeReply(FunctionCode.WRITELOB, [encodeWriteLobReply(open)]);
    this.#deferred = undefined;
    const { statement, terms } = deferred;
    const done = await this.#runner.run(statement, deferred.completeRows(), terms);
    if (done.kind === 'error') return done;
    // The reply to EXECUTE has counted the rows, and clients add the counts of all replies.
    const parts = done.parts.filter((part) => part.kind !== PartKind.ROWSAFFECTED);
    return { ...makeReply(FunctionCode.WRITELOB, [encodeWriteLobReply([]), ...parts]) };
  }

  async #fetchNext(request: RequestMessage): Promise<Reply> {
    const id = decodeResultSetId(requirePart(request, PartKind.RESULTSETID));
    return this.#runner.fetch(id, decodeFetchSize(requirePart(request, PartKind.FETCHSIZE)));
  }

  async #closeResultSet(request: RequestMessage): Promise<Reply> {
    const id = decodeResultSetId(requirePart(request, PartKind.RESULTSETID));
    await this.#runner.closeResultSet(id);
    return makeReply(FunctionCode.CLOSECURSOR);
  }

  async #dropStatementId(request: RequestMessage): Promise<Reply> {
    const id = decodeStatementId(requirePart(request, PartKind.STATEMENTID));
    await this.#statements.drop(id);
    return makeReply(FunctionCode.NIL);
  }

  async #readLob(request: RequestMessage): Promise<Reply> {
    const wanted = decodeReadLobRequest(requirePart(request, PartKind.READLOBREQUEST));
    return makeReply(FunctionCode.READLOB, [encodeReadLobReply(this.#context.lobs.read(wanted))]);
  }

  async #commit(): Promise<Reply> {
    await this.#runner.commit();
    return makeReply(FunctionCode.COMMIT);
  }

  async #rollback(): Promise<Reply> {
    this.#deferred = undefined;
    await this.#runner.rollback();
    return makeReply(FunctionCode.ROLLBACK);
  }
}

function termsOf(request: RequestMessage): ExecutionTerms {
  const fetchSize = findPart(request, PartKind.FETCHSIZE);
  return {
    autoCommit: request.commitImmediate,
    commandOptions: request.commandOptions,
    fetchSize: fetchSize === undefined ? undefined : decodeFetchSize(fetchSize),
  };
}
