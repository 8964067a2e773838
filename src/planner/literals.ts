/** SQL literals of bounds. What is not in the form that `keys/key-types.ts` checked never comes here. */
export const literals = {
  /** Digits and a sign mean the same number to every comparison. */
  number: (bound: string): string => bound,
  /** Only a quote is special inside quotes. */
  text: (bound: string): string => `'${bound.replaceAll("'", "''")}'`,
  date: (bound: string): string => `DATE'${bound}'`,
  timestamp: (bound: string): string => `TIMESTAMP'${bound}'`,
  /** There is no literal of its own; compared with a TIMESTAMP the column would be converted. */
  secondDate: (bound: string): string => `TO_SECONDDATE('${bound}', 'YYYY-MM-DD HH24:MI:SS')`,
} as const;

/** An SQL identifier in double quotes, as HANA stores the name. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
