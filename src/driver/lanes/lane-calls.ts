import type { HanaOutcome } from '../hana-connection.ts';
import type { LaneMethod, LaneMethods, LaneOrder, OutcomeAnswer } from './lane-messages.ts';

/** An order without the number of the connection. */
export type OwnOrder = LaneOrder extends infer O
  ? O extends { readonly connection: number }
    ? Omit<O, 'connection'>
    : never
  : never;

/** What statements and cursors in a lane need of their connection. */
export interface LaneCalls {
  /** Has the lane do something for the connection. Rejects with what went wrong there. */
  call<M extends LaneMethod>(
    method: M,
    parameters: Parameters<LaneMethods[M]>,
    transfer?: readonly ArrayBuffer[],
  ): Promise<ReturnType<LaneMethods[M]>>;
  order(order: OwnOrder, transfer?: readonly ArrayBuffer[]): void;
  /** @param begun Its rows are being read already. */
  outcomeOf(answer: OutcomeAnswer, begun?: boolean): HanaOutcome;
  /** Once is enough, more do nothing. */
  dropStatement(statement: number): void;
  /** @param open False when the lane has closed it already. */
  closeCursor(cursor: number, open: boolean): Promise<void>;
}
