import { HanaFlightError } from '../../core/errors.ts';
import type { FlightSqlProducer } from '../producer.ts';
import type { ActionRow } from './action-table.ts';
import type { OperationContext } from './command-table.ts';
import { FLIGHT_ACTIONS } from './flight-actions.ts';
import { SESSION_ACTIONS } from './session-actions.ts';
import { STATEMENT_ACTIONS } from './statement-actions.ts';
import { TRANSACTION_ACTIONS } from './transaction-actions.ts';

/** Every action of Flight and Flight SQL. */
export const ACTIONS: readonly ActionRow[] = [
  ...STATEMENT_ACTIONS,
  ...TRANSACTION_ACTIONS,
  ...FLIGHT_ACTIONS,
  ...SESSION_ACTIONS,
];

const BY_TYPE = new Map(ACTIONS.map((action) => [action.type, action]));

/** The actions of the table that this producer can do and that nothing has superseded. */
export function offeredActions(producer: FlightSqlProducer): readonly ActionRow[] {
  return ACTIONS.filter(({ needs, superseded }) => !superseded && producer[needs] !== undefined);
}

/**
 * Runs an action by its name.
 * @returns the bodies of the results.
 * @throws HanaFlightError `unimplemented` for one that the table and the producer do not have,
 * `invalid-argument` for a body of another kind, and whatever the producer throws.
 */
export function runAction(
  type: string,
  body: Uint8Array,
  context: OperationContext,
): Promise<readonly Uint8Array[]> {
  const action = BY_TYPE.get(type);
  const results =
    action === undefined
      ? context.producer.runAction?.(type, body, context.call)
      : action.run(body, context);
  if (results === undefined) {
    throw new HanaFlightError('unimplemented', `DoAction: this server does not offer ${type}`);
  }
  return results;
}
