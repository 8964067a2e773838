/** What a HANA logon needs. Never logged, never put into an error text. */
export interface HanaCredentials {
  readonly kind: 'password';
  readonly user: string;
  readonly password: string;
}
