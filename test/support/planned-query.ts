import {
  type ConditionSplit,
  isObstacle,
  type Query,
  type WrapSplit,
} from '../../src/planner/sql/query.ts';
import { readQuery } from '../../src/planner/sql/read-query.ts';

/** The split in the outermost SELECT of a query that has one. */
export function conditionOf(sql: string): ConditionSplit {
  const { condition } = readQuery(sql);
  if (isObstacle(condition)) throw new Error(`${sql}: ${condition.rule}: ${condition.reason}`);
  return condition;
}

/** The split of the output of a query that has one. */
export function wrapOf(sql: string): WrapSplit {
  const { wrap } = readQuery(sql);
  if (isObstacle(wrap)) throw new Error(`${sql}: ${wrap.rule}: ${wrap.reason}`);
  return wrap;
}

/** The rule that keeps a query from a split of one kind; undefined when it has the split. */
export function ruleAgainst(kind: 'condition' | 'wrap', query: Query): string | undefined {
  const split = query[kind];
  return isObstacle(split) ? split.rule : undefined;
}
