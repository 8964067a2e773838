import { HanaFlightError } from '../../core/errors.ts';
import type { SubstraitQuery } from '../producer.ts';
import { type CommandRow, commandRow, operation } from './command-table.ts';
import { planOfStatement, transactionIdOf } from './statement-commands.ts';
import { encodeUpdateResult, refuseParameters } from './update-commands.ts';

/** Fields that every command and action with a Substrait plan has. */
export interface SubstraitMessage {
  readonly plan: { readonly plan: Uint8Array; readonly version: string } | null;
  readonly transaction_id?: Uint8Array;
}

const NAME = 'CommandStatementSubstraitPlan';

/** Commands with a Substrait plan in the place of SQL. */
export const SUBSTRAIT_COMMANDS: readonly CommandRow[] = [
  commandRow<SubstraitMessage>(NAME, 'a Substrait plan', {
    GetFlightInfo: operation('planSubstrait', (message, { producer, call }) =>
      producer.planSubstrait(substraitQueryOf(NAME, message), call).then(planOfStatement),
    ),
    GetSchema: operation('describeSubstrait', (message, { producer, call }) =>
      producer.describeSubstrait(substraitQueryOf(NAME, message), call),
    ),
    DoPut: operation('executeSubstraitUpdate', (message, { producer, call, upload }) => {
      refuseParameters(NAME, upload);
      return producer
        .executeSubstraitUpdate(substraitQueryOf(NAME, message), call)
        .then(encodeUpdateResult);
    }),
  }),
];

/** @throws HanaFlightError `invalid-argument` when there is no plan; `where` names the message. */
export function substraitQueryOf(where: string, message: SubstraitMessage): SubstraitQuery {
  if (message.plan === null) {
    throw new HanaFlightError('invalid-argument', `${where}: expected a plan, got none`);
  }
  const { plan, version } = message.plan;
  return { plan, version, transactionId: transactionIdOf(message.transaction_id) };
}
