/** An SQL identifier in double quotes, as it stands: HANA folds only unquoted names to upper case. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
