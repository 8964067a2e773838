import { MESSAGE_HEADER_BYTES, type Part } from '../driver/wire/message.ts';
import { PartKind } from '../driver/wire/part-kind.ts';
import { SandboxError } from './engine.ts';

/**
 * Ways to damage a reply: `garbage` replaces everything behind the message header, `part-length` makes
 * the last part claim more bytes than there are, `cut-rows` takes the end off the last row.
 */
export type Corruption = 'garbage' | 'part-length' | 'cut-rows';

/** What happens instead of the reply that would carry the next row. */
type FaultAction =
  /** The connection is reset. */
  | { readonly kind: 'reset' }
  /** The server never answers. */
  | { readonly kind: 'stall' }
  /** A HANA error. */
  | { readonly kind: 'error'; readonly code: number; readonly text?: string }
  /** The reply is sent, damaged. */
  | { readonly kind: 'corrupt'; readonly how: Corruption };

/** A failure on purpose. */
export interface Fault {
  readonly action: FaultAction;
  /** Rows of a result that are sent unharmed first; 0 strikes the statement's execution itself. */
  readonly afterRows: number;
  /** Only statements whose text matches; all when absent. */
  readonly statement?: RegExp;
  /** How often it strikes; without limit when absent. */
  readonly times?: number;
}

/** The connection is to be reset, or no answer given. */
export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
  readonly action: 'reset' | 'stall';

  constructor(action: 'reset' | 'stall') {
    super(`fault on purpose: ${action}`);
    this.action = action;
  }
}

/** The faults of one server; may be changed while it runs and then holds for statements executed later. */
export class FaultPlan {
  #armed: ArmedFault[] = [];

  constructor(faults: readonly Fault[] = []) {
    this.set(faults);
  }

  set(faults: readonly Fault[]): void {
    this.#armed = faults.map((fault) => new ArmedFault(fault));
  }

  clear(): void {
    this.set([]);
  }

  /** The first fault that will strike this statement. */
  find(sql: string): ArmedFault | undefined {
    return this.#armed.find((fault) => fault.matches(sql));
  }
}

/** A fault with the number of strikes left. */
export class ArmedFault {
  readonly #fault: Fault;
  #strikesLeft: number;

  constructor(fault: Fault) {
    this.#fault = fault;
    this.#strikesLeft = fault.times ?? Number.POSITIVE_INFINITY;
  }

  matches(sql: string): boolean {
    if (this.#strikesLeft <= 0) return false;
    // search() ignores lastIndex, so a sticky or global pattern matches the same each time.
    return this.#fault.statement === undefined || sql.search(this.#fault.statement) !== -1;
  }

  /** Rows that may still be sent before the fault strikes, when `sentRows` have been. */
  rowsBefore(sentRows: number): number {
    return Math.max(0, this.#fault.afterRows - sentRows);
  }

  /**
   * Strikes if `sentRows` rows have been sent: throws SandboxError or {@link InjectedFault}, or returns
   * the damage to do to the reply.
   */
  strike(sentRows: number): Corruption | undefined {
    if (this.#strikesLeft <= 0 || sentRows < this.#fault.afterRows) return undefined;
    this.#strikesLeft--;
    const { action } = this.#fault;
    if (action.kind === 'corrupt') return action.how;
    if (action.kind === 'error') {
      throw new SandboxError(action.code, action.text ?? `error ${action.code} on purpose`);
    }
    throw new InjectedFault(action.kind);
  }
}

/** Takes bytes off the last row of the rows among `parts`. */
export function cutRows(parts: readonly Part[]): readonly Part[] {
  return parts.map((part) =>
    part.kind === PartKind.RESULTSET ? { ...part, data: part.data.subarray(0, -1) } : part,
  );
}

/** Behind message header (32), segment header (24), and the part's kind and counts (8). */
const FIRST_PART_LENGTH_OFFSET = 64;

/** Damages an encoded packet in place; its length stays right, so that the client reads all of it. */
export function damagePacket(packet: Uint8Array, how: Corruption): void {
  if (how === 'garbage') {
    for (let index = MESSAGE_HEADER_BYTES; index < packet.length; index++)
      packet[index] = (index * 167 + 89) & 0xff;
  } else if (how === 'part-length' && packet.length >= FIRST_PART_LENGTH_OFFSET + 4) {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
    view.setInt32(FIRST_PART_LENGTH_OFFSET, 0x7fff_fff0, true);
  }
}
