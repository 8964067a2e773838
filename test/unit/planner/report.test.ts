import { expect, test } from 'vitest';
import type { PartitionPlan } from '../../../src/planner/plan.ts';
import { planReport } from '../../../src/planner/report.ts';

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

test('The report of a plan is JSON without SQL, and says which consistency was asked for and reached.', () => {
  const consistency = { asked: 'snapshot', reached: 'statement', stamp: '1000017' } as const;
  const report = planReport(PLAN, consistency);
  expect(JSON.parse(JSON.stringify(report))).toEqual({
    strategy: 'sample',
    reason: 'SALES.ORDERS has about 1,000 rows: 2 endpoints by ranges of ID',
    key: ['ID'],
    bounds: ['500'],
    ordered: false,
    rows: 1000,
    endpoints: [{ share: 'ID up to 500, or NULL', rows: 500 }, { share: 'ID from 500' }],
    consistency,
  });
});

test('What a plan has no value for is left out of its report.', () => {
  const single: PartitionPlan = {
    ...PLAN,
    strategy: 'single',
    key: [],
    bounds: [],
    endpoints: [{ sql: 'SELECT 1', share: 'all rows', rows: undefined }],
    ordered: true,
    rows: undefined,
    asOf: '2024-01-01 00:00:00',
  };
  expect(planReport(single, { asked: 'as-of', reached: 'as-of' })).toEqual({
    strategy: 'single',
    reason: PLAN.reason,
    ordered: true,
    endpoints: [{ share: 'all rows' }],
    consistency: { asked: 'as-of', reached: 'as-of' },
    asOf: '2024-01-01 00:00:00',
  });
});
