import { expect, test } from 'vitest';
import { transactionCommand } from '../../../../src/driver/dialect/transaction-command.ts';

test.each([
  ['COMMIT', 'commit'],
  [' commit work ;', 'commit'],
  ['-- done\n/* really */ Rollback', 'rollback'],
  ['ROLLBACK WORK', 'rollback'],
  ['ROLLBACK TO SAVEPOINT A', undefined],
  ['COMMIT WORK AND CHAIN', undefined],
  ['SELECT 1 FROM DUMMY -- COMMIT', undefined],
  ['-- COMMIT', undefined],
  ['COMMITTED', undefined],
])('%j ends the transaction by: %s.', (sql, command) => {
  expect(transactionCommand(sql)).toBe(command);
});
