/**
 * The members of node-hdb 2.29.6 that hana-flight uses, and no others. The package has no types of its
 * own. `test/unit/driver/session/node-hdb-contract.test.ts` pins how each of them behaves.
 */
declare module 'hdb' {
  import type { EventEmitter } from 'node:events';
  import type { Segment } from 'hdb/lib/protocol/request/index.js';

  /** Public: a client with the given settings; opens nothing. */
  export function createClient(settings: ClientSettings): Client;

  export interface ClientSettings {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly databaseName?: string | undefined;
    /** Undocumented: data format version to ask for, 1 to 9. The default, 1, loses precision. */
    readonly dataFormatSupport: number;
    readonly compress: boolean;
    readonly packetSizeLimit: number;
    readonly initializationTimeout: number;
  }

  export interface Client {
    connect(callback: (error: unknown) => void): void;
    /** Connect options: those sent, then overwritten by HANA's answer. */
    readonly connectOptions: ConnectOptions;
    readonly _connection: Connection;
    /** Makes the logical connection; called again for a redirect of HANA Cloud. */
    _createConnection: (settings: object) => Connection;
    on(event: 'error', listener: (error: Error) => void): void;
  }

  export interface ConnectOptions {
    readonly connectionId?: unknown;
    readonly dataFormatVersion2?: unknown;
  }

  export type ReplyCallback = (error: unknown, reply: Reply | undefined) => void;

  /** The logical connection: one request at a time, first come first served. */
  export interface Connection {
    /** How each TCP connection is opened: node-hdb's own hook for another transport. */
    _connectFn: ConnectFunction;
    /** Public. Goes with each request that is made from now on; nothing is sent for it. */
    autoCommit: boolean;
    getClientInfo(): { setProperty(name: string, value: string): void };
    executeDirect(options: { command: string }, callback: ReplyCallback): void;
    prepare(options: { command: string }, callback: ReplyCallback): void;
    execute(options: { statementId: Buffer; functionCode: number }, callback: ReplyCallback): void;
    dropStatement(options: { statementId: Buffer }, callback: ReplyCallback): void;
    fetchNext(options: { resultSetId: Buffer; fetchSize: number }, callback: ReplyCallback): void;
    closeResultSet(options: { resultSetId: Buffer }, callback: ReplyCallback): void;
    readLob(
      options: { locatorId: Buffer; offset: number; length: number },
      callback: ReplyCallback,
    ): void;
    disconnect(callback: ReplyCallback): void;
    /**
     * Runs a task when those before it are done; `refused` is called, and nothing else, when the
     * connection is closed already.
     */
    enqueue(task: QueuedTask, refused: (error: unknown) => void): void;
    /** Sends a request at once: only inside a task. Adds context parts of node-hdb's own. */
    send(request: Segment, callback: ReplyCallback): void;
  }

  /** Several requests that nothing may come between. */
  export interface QueuedTask {
    run(next: () => void): void;
    /** Called in place of `run` when the connection is closed while the task waits. */
    receive(error: unknown): void;
  }

  export type ConnectFunction = (
    target: { readonly host: string; readonly port: number },
    callback: (error: Error | null, socket?: SocketLike) => void,
  ) => void;

  /** What node-hdb asks of a socket. */
  export interface SocketLike extends EventEmitter {
    readonly readyState: string;
    write(packet: Buffer): boolean;
    destroy(error?: Error): unknown;
  }

  /** What node-hdb makes of a reply. The rows are kept from it, for it copies them; see `reply-guard.ts`. */
  export interface Reply {
    readonly resultSets: readonly {
      readonly data?: {
        /** The row data, copied; absent when there are none. */
        readonly buffer?: Buffer;
      };
    }[];
  }
}

declare module 'hdb/lib/protocol/request/index.js' {
  /** A request message. */
  export class Segment {
    constructor(messageType: number, commitImmediately: 0 | 1, commandOptions: number);
    /** Adds a part that `module` writes. */
    add<T extends object>(
      part: { readonly kind: number; readonly module: PartModule<T> },
      value: T,
    ): void;
    /** The segment with all of its parts; `size` is the room there is for it. */
    toBuffer(size: number): Buffer;
  }

  export interface PartModule<T> {
    /** At most 32,767. */
    getArgumentCount(value: T): number;
    write(part: { buffer: Buffer }, value: T): void;
  }
}
