/** Text that goes in at an offset. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** Puts texts into a query; everything else stays as it is. Those at one offset keep their order. */
export function splice(sql: string, insertions: readonly Insertion[]): string {
  let text = '';
  let from = 0;
  for (const { at, text: inserted } of insertions.toSorted((a, b) => a.at - b.at)) {
    text += sql.slice(from, at) + inserted;
    from = at;
  }
  return text + sql.slice(from);
}
