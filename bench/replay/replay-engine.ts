import { FunctionCode } from '../../src/driver/wire/function-code.ts';
import type { EncodedRows, Engine, EngineStatement, RowSource } from '../../src/sandbox/engine.ts';
import type { Workload } from '../workloads/workload.ts';
import { parseReplayQuery, type ReplayQuery } from './replay-query.ts';
import { preparingBy } from './wrapped-engine.ts';

/**
 * Answers the queries of the bench with rows that were encoded before the clock started, and leaves every
 * other statement to `engine`: what drivers ask at their logon, and catalogue queries, get real answers.
 */
export function replayBefore(engine: Engine, workloads: readonly Workload[]): Engine {
  const byName = new Map(workloads.map((workload) => [workload.name, workload]));
  const find = (sql: string): EngineStatement | undefined => {
    const query = parseReplayQuery(sql);
    const workload = query && byName.get(query.workload);
    return query && workload && replayStatement(workload, query);
  };
  return preparingBy(engine, async (session, sql) => find(sql) ?? session.prepare(sql));
}

function replayStatement(workload: Workload, query: ReplayQuery): EngineStatement {
  const { columns } = workload;
  return {
    functionCode: FunctionCode.SELECT,
    columns,
    parameters: [],
    execute: async () => ({
      kind: 'rows',
      functionCode: FunctionCode.SELECT,
      columns,
      rows: replayRows(workload, query),
    }),
    close: async () => undefined,
  };
}

/** The rows of one part; a workload asked for several times follows itself. */
function replayRows(workload: Workload, { part, parts, times }: ReplayQuery): RowSource {
  const total = workload.rowCount * times;
  let row = Math.floor((total * (part - 1)) / parts);
  const end = Math.floor((total * part) / parts);
  return {
    next: async (maxRows, targetBytes): Promise<EncodedRows> => {
      const first = row % workload.rowCount;
      const most = Math.min(maxRows, end - row);
      const rowCount = most === 0 ? 0 : workload.rowsWithin(first, most, targetBytes);
      row += rowCount;
      return { bytes: workload.rows(first, rowCount), rowCount, last: row >= end };
    },
    close: async () => undefined,
  };
}
