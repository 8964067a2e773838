import type { ColumnMetadata, ParameterMetadata } from '../driver/wire/metadata.ts';

/** The database behind the sandbox's wire server: SQL in, HANA-typed rows out. */
export interface Engine {
  /** Stored logon data of a user, or undefined for an unknown one. */
  passwordOf(user: string): string | undefined;
  /** `lobs` takes what does not go inline in a row; it lives as long as the session. */
  openSession(session: SessionIdentity, lobs: LobRegistry): Promise<EngineSession>;
  close(): Promise<void>;
}

export interface SessionIdentity {
  /** HANA connection id, unique in this server. */
  readonly connectionId: number;
  readonly user: string;
  /** Negotiated data format version: decides which type codes describe a column. */
  readonly dataFormatVersion: number;
  readonly clientHost: string;
}

/** One connection's view of the database: its transaction, schema and variables. */
export interface EngineSession {
  /** Compiles without executing. */
  prepare(sql: string): Promise<EngineStatement>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Ends the running statement, which then fails with HANA error 139. */
  interrupt(): void;
  /** Sets a session variable sent by CLIENTINFO. */
  setVariable(name: string, value: string): void;
  /** Rolls back and frees everything. */
  close(): Promise<void>;
}

export interface EngineStatement {
  /** A value of FunctionCode. */
  readonly functionCode: number;
  /** Empty when the statement returns no rows. */
  readonly columns: readonly ColumnMetadata[];
  readonly parameters: readonly ParameterMetadata[];
  /**
   * Executes once per row of `rows` (a statement without parameters gets one empty row).
   * A row of several that fails undoes itself alone: it is one of the outcome's `failures`, and the
   * others count. Rejects when a single row fails, or when the whole is cancelled.
   * @param autoCommit commit what succeeded; roll back when it rejects.
   */
  execute(rows: readonly (readonly EngineValue[])[], autoCommit: boolean): Promise<EngineOutcome>;
  /**
   * Like `execute`, for rows that need not become values one by one. Undefined, and nothing done, when
   * this statement or these rows must be executed by `execute`.
   */
  executePacked?(rows: PackedRows, autoCommit: boolean): Promise<EngineOutcome | undefined>;
  close(): Promise<void>;
}

/** Parameter rows as a PARAMETERS part has them. */
export interface PackedRows {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
}

/**
 * A parameter value as decoded from the wire by its own type byte; the engine coerces it to the type of
 * the marker. Temporal values are text in ISO form, decimals are text.
 */
export type EngineValue = null | boolean | number | bigint | string | Uint8Array | Float32Array;

export type EngineOutcome =
  | {
      readonly kind: 'count';
      readonly functionCode: number;
      /** One entry per row of parameters; 0 for one that failed. */
      readonly affectedRows: readonly number[];
      /** Errors of the rows that failed, in their order; each names its row. */
      readonly failures?: readonly SandboxError[];
      /** The statement has ended the transaction with a commit, as DDL does. */
      readonly committed?: boolean;
    }
  | {
      readonly kind: 'rows';
      readonly functionCode: number;
      readonly columns: readonly ColumnMetadata[];
      readonly rows: RowSource;
    };

/** Rows encoded as HANA result-set bytes, produced on demand. */
export interface RowSource {
  /** Up to `maxRows` rows; stops early once `targetBytes` is passed. */
  next(maxRows: number, targetBytes: number): Promise<EncodedRows>;
  close(): Promise<void>;
}

export interface EncodedRows {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
  /** True when no further row follows. */
  readonly last: boolean;
}

/** Keeps what is left of LOBs that were not sent whole inside their row; READLOB asks for it. */
export interface LobRegistry {
  /** Registers a LOB and returns its 8-byte locator. `content` is CESU-8 for character LOBs. */
  register(content: Uint8Array, kind: 'blob' | 'clob' | 'nclob'): Uint8Array;
}

/** A failure as HANA words it: becomes an ERROR part. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  /** HANA's SQL error number. */
  readonly code: number;
  readonly sqlState: string;
  /** 1-based position in the SQL text, 0 when unknown. */
  readonly position: number;
  /** Index of the failed row of a batch. */
  readonly row: number | undefined;

  constructor(
    code: number,
    message: string,
    details: { sqlState?: string; position?: number; row?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.sqlState = details.sqlState ?? 'HY000';
    this.position = details.position ?? 0;
    this.row = details.row;
  }
}
