/** An SQL identifier in double quotes, as it stands: HANA folds only unquoted names to upper case. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A name with its schema in front, if it has one. */
export function quoteName(schema: string | undefined, name: string): string {
  return schema ? `${quoteIdentifier(schema)}.${quoteIdentifier(name)}` : quoteIdentifier(name);
}
