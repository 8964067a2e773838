import { UsageError } from '../config/usage-error.ts';
import type { Terminal } from './terminal.ts';

/**
 * The statement of a command line; `-` reads it from standard input.
 * @throws UsageError when it is empty.
 */
export async function sqlOf(argument: string, { stdin }: Terminal): Promise<string> {
  const sql = argument === '-' ? await readAll(stdin) : argument;
  if (sql.trim() === '') throw new UsageError('expected an SQL statement, got an empty text');
  return sql;
}

async function readAll(stdin: Terminal['stdin']): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
