/** Who is calling, and how that caller logs on to HANA. */
export interface Principal {
  /** HANA user name as HANA folds it. */
  readonly user: string;
  readonly credentials: HanaCredentials;
}

/** What a HANA logon needs. Never logged, never put into an error text. */
export interface HanaCredentials {
  readonly kind: 'password';
  readonly user: string;
  readonly password: string;
}
