/** What a session is doing: the data behind M_ACTIVE_STATEMENTS. */
export interface ActiveStatement {
  /** Unique in this server; M_ACTIVE_STATEMENTS.STATEMENT_ID. */
  readonly statementId: string;
  readonly text: string;
  readonly startedAt: Date;
  /** `suspended`: rows are left to fetch and no request is being served. */
  readonly status: 'running' | 'suspended';
  readonly fetchedRows: number;
}

/** The data behind M_TRANSACTIONS: present from the first statement without autocommit on. */
export interface ActiveTransaction {
  readonly transactionId: number;
  readonly startedAt: Date;
}

/** One logged-on session as plain data: the row of M_CONNECTIONS. */
export interface SessionSnapshot {
  readonly connectionId: number;
  readonly user: string;
  readonly clientHost: string;
  /** 0 when the client did not say. */
  readonly clientPid: number;
  /** The client's own name for its driver, empty when it did not say. */
  readonly clientType: string;
  readonly connectedAt: Date;
  /** A request is being served at this moment. */
  readonly status: 'running' | 'idle';
  readonly statements: readonly ActiveStatement[];
  readonly transaction: ActiveTransaction | undefined;
  readonly bytesReceived: number;
  readonly bytesSent: number;
}

/** What a session offers to the registry. */
export interface RegisteredSession {
  readonly connectionId: number;
  snapshot(): SessionSnapshot;
  /** Ends the running statement and all open cursors with HANA error 139. */
  cancel(): void;
  /** Cancels, rolls back, and closes the socket. */
  disconnect(): void;
}

/**
 * The logged-on sessions of one server. The wire server fills it; the SQL side reads `snapshots()` for
 * the monitoring views.
 */
export class SessionRegistry {
  readonly #sessions = new Map<number, RegisteredSession>();

  add(session: RegisteredSession): void {
    this.#sessions.set(session.connectionId, session);
  }

  remove(connectionId: number): void {
    this.#sessions.delete(connectionId);
  }

  find(connectionId: number): RegisteredSession | undefined {
    return this.#sessions.get(connectionId);
  }

  /** In the order of connection ids. */
  snapshots(): readonly SessionSnapshot[] {
    return [...this.#sessions.values()].map((session) => session.snapshot());
  }
}
