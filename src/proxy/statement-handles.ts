import { z } from 'zod';
import type { Principal } from '../auth/principal.ts';
import type { Sealer, SealPurpose } from '../auth/sealing.ts';
import { HanaFlightError } from '../core/errors.ts';

const Query = z.object({
  kind: z.literal('query'),
  sql: z.string(),
  /** Fingerprint of the schema that GetFlightInfo promised. */
  fingerprint: z.string(),
});
/** The statement returned no rows and was executed when its ticket was made: never execute it again. */
const Done = z.object({ kind: z.literal('done') });
const Statement = z.object({ sql: z.string() });

export type StatementTicket = z.infer<typeof Query> | z.infer<typeof Done>;

const ticketShape = z.discriminatedUnion('kind', [Query, Done]);
const owner = z.object({ user: z.string() });

/** Makes and reads the handles that travel through clients: self-contained, sealed, bound to their user. */
export class StatementHandles {
  readonly #sealer: Sealer;
  readonly #lifetimeSeconds: number;

  constructor(sealer: Sealer, lifetimeSeconds: number) {
    this.#sealer = sealer;
    this.#lifetimeSeconds = lifetimeSeconds;
  }

  sealTicket(ticket: StatementTicket, principal: Principal): Promise<Uint8Array> {
    return this.#seal(ticket, principal, 'statement-ticket');
  }

  /**
   * @throws HanaFlightError `permission-denied` for another user's ticket, `failed-precondition` for an
   * expired one, `invalid-argument` for anything that this server did not make.
   */
  async openTicket(handle: Uint8Array, principal: Principal): Promise<StatementTicket> {
    return ticketShape.parse(await this.#open(handle, principal, 'statement-ticket'));
  }

  /** A prepared statement is its SQL text: sealed, so that any process can go on with it. */
  sealPrepared(sql: string, principal: Principal): Promise<Uint8Array> {
    return this.#seal({ sql }, principal, 'prepared-statement');
  }

  /** @returns the SQL text. @throws as {@link openTicket}. */
  async openPrepared(handle: Uint8Array, principal: Principal): Promise<string> {
    return Statement.parse(await this.#open(handle, principal, 'prepared-statement')).sql;
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
