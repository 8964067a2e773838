/** What every HANA client is tried with, beside reading `SALES.ALL_TYPES`. */
export const HANA_CLIENT_CASES = [
  'logs on',
  'is refused with a wrong password',
  'reads a result of many packets',
  'binds parameters of a query',
  'inserts a prepared batch',
  'writes and reads LOBs larger than a packet',
  'commits and rolls back',
  'shows the code of an unknown table',
  'shows the position of a syntax error',
  'shows the row of a batch that breaks a key',
] as const;

/** The proof that a CONNECT carries, as the sandbox traces it. */
export const LOGON_TRACE = [
  'proves its password with SCRAMPBKDF2SHA256',
  /-> +AUTHENTICATION .*"DEMO" "SCRAMPBKDF2SHA256" <\d+ bytes>$/m,
] as const;
