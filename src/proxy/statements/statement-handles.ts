import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Principal } from '../../auth/principal.ts';
import type { Sealer, SealPurpose } from '../../auth/sealing.ts';
import { HanaFlightError } from '../../core/errors.ts';

/** Id of the transaction it is part of. */
const transaction = z.string().optional();

const Query = z.object({
  kind: z.literal('query'),
  /** Names the ticket, and those it is renewed to, when the query is cancelled. */
  id: z.string(),
  sql: z.string(),
  /** Fingerprint of the schema that GetFlightInfo promised. */
  fingerprint: z.string(),
  transaction,
  /** Schema that unqualified names referred to when the ticket was made; absent: the user's own. */
  schema: z.string().optional(),
  /** Arrow IPC messages in base64, see parameter-text.ts. */
  parameters: z.array(z.string()).optional(),
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
   * expired one, `invalid-argument` for anything that this server did not make.
   */
  async openTicket(handle: Uint8Array, principal: Principal): Promise<StatementTicket> {
    return ticketShape.parse(await this.#open(handle, principal, 'statement-ticket'));
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
    const sealed = Buffer.from(handle.buffer, handle.byteOffset, handle.byteLength);
    const payload = await this.#sealer.open(sealed.toString('latin1'), purpose);
    if (owner.parse(payload).user !== principal.user) {
      throw new HanaFlightError(
        'permission-denied',
        `the ${purpose.replace('-', ' ')} was made for another user than ${principal.user}`,
      );
    }
    return payload;
  }
}
