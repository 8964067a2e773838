import { ActionStatement } from './action-statement.ts';
import type { ExplainedOperator } from './catalog/views/system-view.ts';
import { translateQuery } from './compile.ts';
import { hanaErrorOf } from './duckdb-errors.ts';
import { renderSql } from './rendered-sql.ts';
import type { DuckSession } from './session.ts';
import type { Token } from './token.ts';
import { TokenReader } from './token-reader.ts';
import { PlanNode } from './types/plan-node.ts';

/** EXPLAIN PLAN [SET STATEMENT_NAME = 'x'] FOR query: fills EXPLAIN_PLAN_TABLE with DuckDB's plan. */
export function compileExplain(
  sql: string,
  tokens: readonly Token[],
  session: DuckSession,
): Promise<ActionStatement> {
  const reader = new TokenReader(tokens, sql);
  reader.expect('EXPLAIN', 'PLAN');
  let name = '';
  if (reader.skips('SET', 'STATEMENT_NAME', '=')) name = reader.string();
  reader.expect('FOR');
  const query = reader.rest();
  return Promise.resolve(
    new ActionStatement(async () => {
      const context = session.compileContext(sql);
      const rendered = renderSql(translateQuery(query, context));
      const plan = await explain(rendered.text, session).catch((error: unknown) => {
        throw hanaErrorOf(error, { source: sql, rendered });
      });
      const { explained } = session.shared;
      const others = explained.filter(({ statementName }) => statementName !== name);
      explained.splice(0, explained.length, ...others, ...operators(plan, name));
    }),
  );
}

async function explain(sql: string, session: DuckSession): Promise<PlanNode> {
  const reader = await session.utility.runAndReadAll(`EXPLAIN (FORMAT JSON) ${sql}`);
  const text = reader.getRowsJson()[0]?.[1];
  const plans: unknown = typeof text === 'string' ? JSON.parse(text) : [];
  return new PlanNode(Array.isArray(plans) ? plans[0] : undefined);
}

/** The plan's nodes from the root down, numbered in the order they are met. */
function operators(root: PlanNode, statementName: string): readonly ExplainedOperator[] {
  const rows: ExplainedOperator[] = [];
  const walk = (node: PlanNode, parent: number | null, level: number, position: number): void => {
    const details = node.child('extra_info');
    const table = details.text('Table').split('.').at(-1);
    const size = Number(details.text('Estimated Cardinality'));
    const operatorId = rows.length + 1;
    rows.push({
      statementName,
      operatorId,
      parentOperatorId: parent,
      level,
      position,
      operatorName: node.text('name').trim().replaceAll('_', ' '),
      operatorDetails: JSON.stringify(node.value('extra_info') ?? {}),
      tableName: table === undefined || table === '' ? null : table,
      outputSize: Number.isFinite(size) ? size : null,
    });
    node.list('children').forEach((child, index) => walk(child, operatorId, level + 1, index + 1));
  };
  walk(root, null, 1, 1);
  return rows;
}
