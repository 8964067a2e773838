import { firstWords } from './first-words.ts';

/** One more than the longest of them, `COMMIT WORK`, has. */
const WORDS = 3;

/**
 * What a text that only ends the transaction asks for; undefined for any other. Inside a transaction of a
 * client such a text must not go to HANA as it is: the connection would not know that it ended.
 */
export function transactionCommand(sql: string): 'commit' | 'rollback' | undefined {
  switch (firstWords(sql, WORDS).join(' ')) {
    case 'COMMIT':
    case 'COMMIT WORK':
      return 'commit';
    case 'ROLLBACK':
    case 'ROLLBACK WORK':
      return 'rollback';
    default:
      return undefined;
  }
}
