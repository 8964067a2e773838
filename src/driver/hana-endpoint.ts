/** Where a HANA is and how to get there. */
export interface HanaEndpoint {
  readonly host: string;
  readonly port: number;
  /** Absent: plain TCP. */
  readonly tls?: HanaTls | undefined;
  /** Tenant database; HANA's system database at host and port tells where it is. */
  readonly databaseName?: string | undefined;
  /** Schema that unqualified names refer to; HANA's default is the user's own. */
  readonly currentSchema?: string | undefined;
}

interface HanaTls {
  /** False accepts any certificate. */
  readonly validateCertificate: boolean;
  /** Path of a PEM file with the authorities to trust in place of Node's. */
  readonly caFile?: string | undefined;
  /** Name that HANA's certificate must bear; the host when absent. */
  readonly serverName?: string | undefined;
}

/** `host:port` as people write it, IPv6 in brackets. */
export function hostPort(endpoint: { readonly host: string; readonly port: number }): string {
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
  return `${host}:${endpoint.port}`;
}
