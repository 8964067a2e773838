import { describe, expect, test } from 'vitest';
import type { PartitionPlan } from '../../../src/planner/plan.ts';
import { describePlan, planReport } from '../../../src/planner/report.ts';

const PLAN: PartitionPlan = {
  strategy: 'sample',
  reason: 'SALES.ORDERS has about 1,000 rows: 2 endpoints by ranges of ID',
  key: ['ID'],
  bounds: ['500'],
  rows: 1000,
  endpoints: [
    { sql: 'SELECT 1', share: 'ID up to 500, or NULL', rows: 500 },
    { sql: 'SELECT 2', share: 'ID from 500', rows: undefined },
  ],
  ordered: false,
  guard: undefined,
  asOf: undefined,
  consistency: 'statement',
};

describe('the report of a plan', () => {
  test('is JSON without SQL, and says which consistency was reached', () => {
    const report = planReport(PLAN, { consistency: 'snapshot' });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report).toEqual({
      strategy: 'sample',
      reason: 'SALES.ORDERS has about 1,000 rows: 2 endpoints by ranges of ID',
      key: ['ID'],
      bounds: ['500'],
      ordered: false,
      rows: 1000,
      endpoints: [{ share: 'ID up to 500, or NULL', rows: 500 }, { share: 'ID from 500' }],
      consistency: 'snapshot',
    });
  });

  test('in words is a headline, the reason and the endpoints', () => {
    expect(describePlan(planReport(PLAN, { consistency: 'statement' }))).toEqual([
      '2 endpoints by ranges of ID (equal depth, from a sample)',
      '  reason       SALES.ORDERS has about 1,000 rows: 2 endpoints by ranges of ID',
      '  rows         about 1,000 rows',
      '  order        none',
      '  consistency  statement',
      '     1  ID up to 500, or NULL (about 500 rows)',
      '     2  ID from 500',
    ]);
  });

  test('in words lists the first of many endpoints and the last', () => {
    const endpoints = Array.from({ length: 64 }, (_, place) => ({
      sql: '',
      share: `share ${place + 1}`,
      rows: undefined,
    }));
    const lines = describePlan(planReport({ ...PLAN, endpoints }, { consistency: 'statement' }));
    expect(lines.slice(-3)).toEqual(['     8  share 8', '     …', '    64  share 64']);
  });

  test('of one endpoint says so, and the moment it shows', () => {
    const single: PartitionPlan = {
      ...PLAN,
      strategy: 'single',
      key: [],
      bounds: [],
      ordered: true,
      asOf: '2024-01-01 00:00:00',
      rows: undefined,
    };
    expect(describePlan(planReport(single, { consistency: 'as-of' }))).toEqual([
      '1 endpoint',
      `  reason       ${PLAN.reason}`,
      '  rows         not known',
      '  order        as the query says',
      '  consistency  as-of 2024-01-01 00:00:00',
    ]);
  });
});
