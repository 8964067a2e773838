import type { ReadLobReply } from '../driver/wire/parts/read-lob-reply.ts';
import type { ReadLobRequest } from '../driver/wire/parts/read-lob-request.ts';
import type { LobRegistry } from './engine.ts';
import { protocolError } from './reply.ts';

interface StoredLob {
  readonly locator: bigint;
  readonly content: Uint8Array;
  readonly kind: 'blob' | 'clob' | 'nclob';
  /** The result set whose row holds it. */
  readonly resultSetId: bigint | undefined;
  /** Its result set is closed, or it was read to the end. */
  spent: boolean;
  /** Where the last read of an NCLOB ended, so that reading on does not count from the start again. */
  mark: { readonly units: number; readonly bytes: number };
}

/** LOBs that nobody needs any more are kept this far: clients read some after closing the cursor. */
const SPENT_BYTES = 64 * 1024 * 1024;
/** Longest piece in one reply; the drivers ask for at most 256 KiB. */
const MAX_READ_LENGTH = 16 * 1024 * 1024;

/**
 * The LOBs of one session that did not go whole into their rows. A LOB of an open result set stays;
 * spent ones go, oldest first, when they are more than a budget.
 */
export class LobStore implements LobRegistry {
  readonly #lobs = new Map<bigint, StoredLob>();
  #lastLocator = 0n;
  #spentBytes = 0;
  #resultSetId: bigint | undefined;

  /** Result set of the rows that are being produced: what is registered now belongs to it. */
  attributeTo(resultSetId: bigint | undefined): void {
    this.#resultSetId = resultSetId;
  }

  register(content: Uint8Array, kind: 'blob' | 'clob' | 'nclob'): Uint8Array {
    const locator = ++this.#lastLocator;
    const resultSetId = this.#resultSetId;
    const mark = { units: 0, bytes: 0 };
    this.#lobs.set(locator, { locator, content, kind, resultSetId, spent: false, mark });
    return locatorBytes(locator);
  }

  /** True when a row of the result set refers to a LOB here: its cursor must then stay open. */
  hasLobsOf(resultSetId: bigint): boolean {
    return [...this.#lobs.values()].some((lob) => lob.resultSetId === resultSetId);
  }

  /** The result set is closed. */
  release(resultSetId: bigint): void {
    for (const lob of this.#lobs.values()) if (lob.resultSetId === resultSetId) this.#spend(lob);
  }

  /** Throws HANA's error 1033 for an unknown locator or a range that cannot be. */
  read(request: ReadLobRequest): ReadLobReply {
    const locator = Buffer.from(request.locator).readBigInt64LE();
    const lob = this.#lobs.get(locator);
    if (lob === undefined) {
      throw protocolError(`invalid lob locator id (piecewise lob reading): ${locator}`);
    }
    const { offset, length } = request;
    if (offset < 1n || offset > BigInt(Number.MAX_SAFE_INTEGER) || length < 0) {
      throw protocolError(`expected a LOB range from 1 on, got offset ${offset}, length ${length}`);
    }
    const from = Number(offset) - 1;
    const { start, end } = byteRange(lob, from, from + Math.min(length, MAX_READ_LENGTH));
    const last = end >= lob.content.length;
    if (last) this.#spend(lob);
    return { locator: request.locator, data: lob.content.subarray(start, end), last };
  }

  clear(): void {
    this.#lobs.clear();
    this.#spentBytes = 0;
  }

  #spend(lob: StoredLob): void {
    if (lob.spent) return;
    lob.spent = true;
    this.#spentBytes += lob.content.length;
    for (const candidate of this.#lobs.values()) {
      if (this.#spentBytes <= SPENT_BYTES) return;
      if (!candidate.spent || candidate === lob) continue;
      this.#lobs.delete(candidate.locator);
      this.#spentBytes -= candidate.content.length;
    }
  }
}

/** A locator as its 8 bytes on the wire. */
export function locatorBytes(locator: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(locator);
  return bytes;
}

/** BLOB and CLOB count bytes; an NCLOB counts UTF-16 units, so a piece can end between two surrogates. */
function byteRange(lob: StoredLob, from: number, to: number) {
  if (lob.kind !== 'nclob') {
    const start = Math.min(from, lob.content.length);
    return { start, end: Math.min(to, lob.content.length) };
  }
  const origin = from >= lob.mark.units ? lob.mark : { units: 0, bytes: 0 };
  const start = skipUnits(lob.content, origin.bytes, from - origin.units);
  const end = skipUnits(lob.content, start, to - from);
  lob.mark = { units: to, bytes: end };
  return { start, end };
}

/** In CESU-8 every unit is one sequence: a lead byte and its continuation bytes (10xxxxxx). */
function skipUnits(content: Uint8Array, start: number, units: number): number {
  let at = start;
  for (let skipped = 0; skipped < units && at < content.length; skipped++) {
    at++;
    while (at < content.length && ((content[at] ?? 0) & 0xc0) === 0x80) at++;
  }
  return at;
}
