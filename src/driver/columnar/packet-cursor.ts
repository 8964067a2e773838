import type { ColumnMetadata } from '../wire/metadata.ts';

/** Packets of a result set that wait for their reader, at most. */
export const MAX_WAITING_PACKETS = 1;

/** An open result set as HANA's bytes. */
export interface PacketCursor {
  readonly columns: readonly ColumnMetadata[];
  /**
   * The data of each RESULTSET part in order, each a view of memory that nobody else uses. The next fetch is on
   * its way while a packet is being used; with {@link MAX_WAITING_PACKETS} undelivered, fetching pauses.
   * Ends normally only after HANA's last packet; any failure rejects. May be iterated once.
   */
  packets(): AsyncIterable<Uint8Array>;
  /** Takes back the memory of a packet, which must not be looked at any more; who keeps it says nothing. */
  release(packet: Uint8Array): void;
  /** Reads a part of a LOB: `offset` and `length` in HANA's units (bytes; UTF-16 units for NCLOB), offset from 1. */
  readLob(locator: Uint8Array, offset: number, length: number): Promise<LobChunk>;
  close(): Promise<void>;
}

export interface LobChunk {
  readonly data: Uint8Array;
  readonly last: boolean;
}
