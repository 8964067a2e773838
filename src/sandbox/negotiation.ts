import { ConnectOption, FLAG_CLIENT_PING } from '../driver/wire/parts/connect-options.ts';
import { intOption, type Options, type OptionValue } from '../driver/wire/parts/options.ts';
import type { SystemIdentity } from './system-identity.ts';

/** The highest data format version served; it adds REAL_VECTOR. */
const MAX_DATA_FORMAT_VERSION = 9;

/**
 * The data format version for a client. 1 for one that does not ask, and for 2 and 3, early variants
 * that no driver can decode.
 */
export function negotiateDataFormatVersion(requested: Options): number {
  const asked =
    intOption(requested, ConnectOption.DATA_FORMAT_VERSION2) ??
    intOption(requested, ConnectOption.DATA_FORMAT_VERSION) ??
    1;
  return asked < 4 ? 1 : Math.min(asked, MAX_DATA_FORMAT_VERSION);
}

/**
 * The answer to a client's connect options. Compression is refused explicitly: node-hdb and hdbconnect
 * compress requests when option 49 is not answered. No topology and no redirect: a client would leave.
 */
export function answerConnectOptions(
  requested: Options,
  connectionId: number,
  system: SystemIdentity,
): Options {
  const version = negotiateDataFormatVersion(requested);
  const flags = (intOption(requested, ConnectOption.FLAG_SET_1) ?? 0) & FLAG_CLIENT_PING;
  return new Map<number, OptionValue>([
    [ConnectOption.CONNECTION_ID, { type: 'int', value: connectionId }],
    [ConnectOption.SYSTEM_ID, { type: 'string', value: system.systemId }],
    [ConnectOption.DATA_FORMAT_VERSION, { type: 'int', value: version }],
    [ConnectOption.DATA_FORMAT_VERSION2, { type: 'int', value: version }],
    [ConnectOption.FULL_VERSION_STRING, { type: 'string', value: system.version }],
    [ConnectOption.DATABASE_NAME, { type: 'string', value: system.databaseName }],
    [ConnectOption.COMPRESSION_LEVEL_AND_FLAGS, { type: 'int', value: 0 }],
    [ConnectOption.FLAG_SET_1, { type: 'int', value: flags }],
  ]);
}
