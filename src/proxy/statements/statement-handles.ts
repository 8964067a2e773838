import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Principal } from '../../auth/principal.ts';
import type { SealPurpose } from '../../auth/seal-purposes.ts';
import type { Sealer } from '../../auth/sealing.ts';
import { HanaFlightError } from '../../core/errors.ts';

/** Id of the transaction it is part of. */
const transaction = z.string().optional();

/** A whole number from `least`. */
const count = (least: number) => z.int().min(least);

const Query = z.object({
  kind: z.literal('query'),
  /**
   * Names the query: the tickets of all its endpoints share it, and those they are renewed to. A cancel
   * ends all of them.
   */
  id: z.string(),
  /** Which endpoint it is, from 0; absent when it is the only one. */
  endpoint: z.object({ index: count(0), of: count(1) }).optional(),
  sql: z.string(),
  /** Fingerprint of the schema that GetFlightInfo promised. */
  fingerprint: z.string(),
  transaction,
  /** It only reads, so it is read outside of its transaction while that has changed nothing. */
  detached: z.boolean().optional(),
  /** Schema that unqualified names referred to when the ticket was made; absent: the user's own. */
  schema: z.string().optional(),
  /** Arrow IPC messages in base64, see parameter-text.ts. */
  parameters: z.array(z.string()).optional(),
  /** How the table was divided into the parts that the SQL text names; they must still be so. */
  guard: z
    .object({
      schema: z.string(),
      table: z.string(),
      definition: z.string(),
      parts: z.array(count(1)).readonly(),
    })
    .optional(),
  /** The snapshot that it is read in, kept by one process, and which of its connections reads it. */
  snapshot: z.object({ id: z.string(), member: count(0) }).optional(),
  /** Bytes of a row on HANA's wire, as far as the columns tell. */
  rowBytes: z.number().optional(),
});
/** The statement returned no rows and was executed when its ticket was made: never execute it again. */
const Done = z.object({ kind: z.literal('done') });
const Statement = z.object({ sql: z.string(), transaction });

export type QueryTicket = z.infer<typeof Query>;
export type StatementTicket = QueryTicket | z.infer<typeof Done>;
export type PreparedText = z.infer<typeof Statement>;

const ticketShape = z.discriminatedUnion('kind', [Query, Done]);
const owner = z.object({ user: z.string() });
const TICKET_ID_BYTES = 12;

/** A ticket, and when it stops being good. */
export interface SealedTicket {
  readonly handle: Uint8Array;
  readonly expiresAt: Date;
}

/** The sealed text of a handle, by which things can be kept for it. */
export function handleText(handle: Uint8Array): string {
  return Buffer.from(handle.buffer, handle.byteOffset, handle.byteLength).toString('latin1');
}

/** Makes and reads the handles that travel through clients: self-contained, sealed, bound to their user. */
export class StatementHandles {
  readonly #sealer: Sealer;
  readonly #lifetimeSeconds: number;

  constructor(sealer: Sealer, lifetimeSeconds: number) {
    this.#sealer = sealer;
    this.#lifetimeSeconds = lifetimeSeconds;
  }

  /** A name for a new ticket. */
  newTicketId(): string {
    return randomBytes(TICKET_ID_BYTES).toString('base64url');
  }

  async sealTicket(ticket: StatementTicket, principal: Principal): Promise<SealedTicket> {
    const expiresAt = new Date(Date.now() + this.#lifetimeSeconds * 1000);
    return { handle: await this.#seal(ticket, principal, 'statement-ticket'), expiresAt };
  }

  /**
   * @throws HanaFlightError `permission-denied` for another user's ticket, `failed-precondition` for an
   * expired one or one of another version, `invalid-argument` for anything that this server did not make.
   */
  async openTicket(handle: Uint8Array, principal: Principal): Promise<StatementTicket> {
    const payload = await this.#open(handle, principal, 'statement-ticket');
    const ticket = ticketShape.safeParse(payload);
    if (ticket.success) return ticket.data;
    throw new HanaFlightError(
      'failed-precondition',
      'ticket: made by another version of hana-flight; call GetFlightInfo again',
      { cause: ticket.error },
    );
  }

  /** A prepared statement is its SQL text: sealed, so that any process can go on with it. */
  sealPrepared(text: PreparedText, principal: Principal): Promise<Uint8Array> {
    return this.#seal(text, principal, 'prepared-statement');
  }

  /** @throws as {@link openTicket}. */
  async openPrepared(handle: Uint8Array, principal: Principal): Promise<PreparedText> {
    return Statement.parse(await this.#open(handle, principal, 'prepared-statement'));
  }

  async #seal(payload: object, principal: Principal, purpose: SealPurpose): Promise<Uint8Array> {
    const sealed = await this.#sealer.seal(
      { ...payload, user: principal.user },
      { purpose, lifetimeSeconds: this.#lifetimeSeconds },
    );
    return Buffer.from(sealed, 'latin1');
  }

  async #open(handle: Uint8Array, principal: Principal, purpose: SealPurpose): Promise<object> {
    const payload = await this.#sealer.open(handleText(handle), purpose);
    if (owner.parse(payload).user !== principal.user) {
      throw new HanaFlightError(
        'permission-denied',
        `the ${purpose.replace('-', ' ')} was made for another user than ${principal.user}`,
      );
    }
    return payload;
  }
}
