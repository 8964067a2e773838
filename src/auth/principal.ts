import type { HanaCredentials } from '../core/hana-credentials.ts';

/** Who is calling, and how that caller logs on to HANA. */
export interface Principal {
  /** HANA user name as HANA folds it. */
  readonly user: string;
  readonly credentials: HanaCredentials;
  /** The session that the caller's token stands for; absent when no token was shown. */
  readonly sessionId?: string | undefined;
}
