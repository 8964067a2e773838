import { rename, writeFile } from 'node:fs/promises';
import { UsageError } from '../config/usage-error.ts';

/** Where a server that has started can be reached. */
export interface ReadyAddresses {
  /** `grpc://host:port` */
  readonly flight?: string;
  /** `hdbsql://host:port`, without credentials. */
  readonly hana: string;
}

/** Writes one line of JSON. The file appears whole or not at all, so that a waiting process may read it at once. */
export async function writeReadyFile(path: string, addresses: ReadyAddresses): Promise<void> {
  const working = `${path}.${process.pid}.part`;
  try {
    await writeFile(working, `${JSON.stringify(addresses)}\n`);
    await rename(working, path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`--ready-file: ${reason}`, cause);
  }
}
