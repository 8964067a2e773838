/** How the server presents itself. */
export interface SystemIdentity {
  readonly systemId: string;
  readonly databaseName: string;
  /** `2.00.…` for HANA 2, `4.00.…` for HANA Cloud; five numbers, which go-hdb parses. */
  readonly version: string;
}

/** The sandbox: its version is of the release whose type codes it reproduces, on-premise HANA 2.00. */
export const SANDBOX_SYSTEM: SystemIdentity = {
  systemId: 'HXE',
  databaseName: 'HXE',
  version: '2.00.076.00.1705400033',
};
