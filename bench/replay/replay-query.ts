/**
 * What a query of the bench asks for. The name of the table says it, so that no part of the bench has to
 * understand SQL: `NARROW` is the whole workload, `NARROW_3_OF_8` the third of eight parts of it, and
 * `NARROW_X100` all of its rows a hundred times over.
 */
export interface ReplayQuery {
  readonly workload: string;
  /** From 1 to `parts`. */
  readonly part: number;
  readonly parts: number;
  readonly times: number;
}

const PATTERN =
  /^\s*SELECT\s+\*\s+FROM\s+"?(?<workload>[A-Z]+?)(?:_(?<part>\d+)_OF_(?<parts>\d+))?(?:_X(?<times>\d+))?"?\s*$/;

/** The text that {@link parseReplayQuery} understands. */
export function replaySql({
  workload,
  part = 1,
  parts = 1,
  times = 1,
}: Partial<ReplayQuery> & Pick<ReplayQuery, 'workload'>): string {
  const share = parts === 1 ? '' : `_${part}_OF_${parts}`;
  return `SELECT * FROM ${workload}${share}${times === 1 ? '' : `_X${times}`}`;
}

/** One text for each part. */
export function replayParts(workload: string, parts: number, times = 1): readonly string[] {
  return Array.from({ length: parts }, (_, index) =>
    replaySql({ workload, part: index + 1, parts, times }),
  );
}

/** Undefined for any text that the bench does not send. */
export function parseReplayQuery(sql: string): ReplayQuery | undefined {
  const groups = PATTERN.exec(sql)?.groups;
  const workload = groups?.['workload'];
  if (workload === undefined) return undefined;
  const part = Number(groups?.['part'] ?? 1);
  const parts = Number(groups?.['parts'] ?? 1);
  const times = Number(groups?.['times'] ?? 1);
  const sensible = part >= 1 && part <= parts && times >= 1;
  return sensible ? { workload, part, parts, times } : undefined;
}
