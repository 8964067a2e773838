import type { AdmissionLimits } from './admission.ts';

export interface PoolLimits extends AdmissionLimits {
  /** Most connections at a time, over all users; those being opened or closed count. */
  readonly poolMax: number;
  /** Most connections of one user at a time. */
  readonly poolMaxPerUser: number;
  /** Most connections kept although nobody uses them. */
  readonly poolMaxIdle: number;
  /**
   * Longest wait for a connection to become free. That of an endpoint does not count while a lower one of
   * its query is read, and starts anew whenever its user gets a connection.
   */
  readonly acquireTimeoutMs: number;
  /** A connection that nobody used for this long is closed. */
  readonly idleTimeoutMs: number;
  /** A connection that nobody used for this long is tried before it is handed out. */
  readonly validateAfterMs: number;
  /** Longest wait for HANA's answer to that, or to a cancel; then the connection is given up. */
  readonly validateTimeoutMs: number;
  /** A connection older than this is not used again: HANA frees what a long session gathers. */
  readonly maxAgeMs: number;
}

export const DEFAULT_LIMITS: PoolLimits = {
  poolMax: 32,
  poolMaxPerUser: Number.POSITIVE_INFINITY,
  poolMaxIdle: Number.POSITIVE_INFINITY,
  acquireTimeoutMs: 30_000,
  idleTimeoutMs: 300_000,
  validateAfterMs: 10_000,
  validateTimeoutMs: 5_000,
  maxAgeMs: 3_600_000,
  patienceMs: 1_000,
  spareConnections: 0,
  memoryBudgetBytes: Number.POSITIVE_INFINITY,
  streamBytes: 1024 * 1024,
};
