import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AdmissionLimits } from '../../src/driver/pool/admission.ts';
import { type Scenario, type SimulatedQuery, simulate } from '../support/endpoint-simulation.ts';

const MIB = 1024 * 1024;
const PATIENCE_MS = 1_000;
/** Steps of 10 ms that endpoints of one query may come apart: less than the patience. */
const MOST_STEPS_APART = 90;

const limits: AdmissionLimits = {
  patienceMs: PATIENCE_MS,
  spareConnections: 0,
  memoryBudgetBytes: Number.POSITIVE_INFINITY,
  streamBytes: MIB,
};

const numbersTo = (count: number) => Array.from({ length: count }, (_, number) => number);

/** The steps in which endpoints are opened, when they come so many steps apart. */
function stepsOf(first: number, apart: readonly number[]): number[] {
  const steps = [first];
  for (const distance of apart.slice(1)) steps.push((steps.at(-1) ?? first) + distance);
  return steps;
}

/** Opens all endpoints in any order, at once or one by one. */
const query = (owners: readonly string[]): fc.Arbitrary<SimulatedQuery> =>
  fc
    .record({
      owner: fc.constantFrom(...owners),
      endpoints: fc.integer({ min: 1, max: 16 }),
      batches: fc.integer({ min: 1, max: 12 }),
      buffer: fc.integer({ min: 1, max: 5 }),
      first: fc.integer({ min: 1, max: 40 }),
      apart: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: MOST_STEPS_APART })),
    })
    .chain(({ first, apart, ...rest }) =>
      fc
        .record({
          opened: fc.shuffledSubarray(numbersTo(rest.endpoints), { minLength: rest.endpoints }),
          apart: fc.array(fc.integer({ min: 0, max: apart }), {
            minLength: rest.endpoints,
            maxLength: rest.endpoints,
          }),
        })
        .map(({ opened, apart: steps }) => ({ ...rest, opened, openedAt: stepsOf(first, steps) })),
    );

/** As {@link query}, but some of the endpoints are read elsewhere. */
const partOfQuery = (owners: readonly string[]): fc.Arbitrary<SimulatedQuery> =>
  fc.tuple(query(owners), fc.infiniteStream(fc.boolean())).map(([whole, coins]) => {
    const here = whole.opened.filter(() => coins.next().value === true);
    const opened = here.length === 0 ? whole.opened : here;
    return { ...whole, opened, openedAt: whole.openedAt.slice(0, opened.length) };
  });

const OWNERS = ['A', 'B', 'C'];

const scenario = (queries: fc.Arbitrary<SimulatedQuery>): fc.Arbitrary<Scenario> =>
  fc.record({
    poolMax: fc.integer({ min: 1, max: 8 }),
    poolMaxPerUser: fc.integer({ min: 1, max: 8 }),
    limits: fc.record({
      patienceMs: fc.constant(PATIENCE_MS),
      spareConnections: fc.integer({ min: 0, max: 2 }),
      memoryBudgetBytes: fc.constantFrom(Number.POSITIVE_INFINITY, MIB / 2, MIB, 3 * MIB, 5 * MIB),
      streamBytes: fc.constant(MIB),
    }),
    queries: fc.array(queries, { minLength: 1, maxLength: 6 }),
    transactions: fc.array(
      fc.record({
        owner: fc.constantFrom(...OWNERS),
        startsAt: fc.integer({ min: 1, max: 120 }),
        steps: fc.integer({ min: 1, max: 300 }),
      }),
      { maxLength: 6 },
    ),
  });

describe('clients that open all endpoints at once and read them in order', () => {
  test('come to their ends, within all limits', () => {
    fc.assert(
      fc.property(scenario(query(OWNERS)), (played) => {
        const run = simulate(played);
        expect(run.finishedAt).not.toContain(undefined);
        expect(run.mostConnections).toBeLessThanOrEqual(played.poolMax);
        expect(run.mostOfOneOwner).toBeLessThanOrEqual(played.poolMaxPerUser);
        // One stream may always run, too large or not.
        const { memoryBudgetBytes } = played.limits;
        expect(run.mostBytes).toBeLessThanOrEqual(memoryBudgetBytes + MIB);
      }),
      { numRuns: 500 },
    );
  });

  test('come to their ends as well when other servers read the other endpoints', () => {
    fc.assert(
      fc.property(scenario(partOfQuery(OWNERS)), (played) => {
        expect(simulate(played).finishedAt).not.toContain(undefined);
      }),
      { numRuns: 500 },
    );
  });

  test('use every connection there is, less the spare ones', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 2 }),
        fc.shuffledSubarray(numbersTo(16), { minLength: 16 }),
        (poolMax, spareConnections, opened) => {
          const run = simulate({
            poolMax,
            poolMaxPerUser: 8,
            limits: { ...limits, spareConnections },
            queries: [
              {
                owner: 'A',
                endpoints: 16,
                opened,
                openedAt: opened.map(() => 1),
                batches: 9,
                buffer: 2,
              },
            ],
            transactions: [],
          });
          expect(run.finishedAt).not.toContain(undefined);
          expect(run.mostEndpoints).toBe(Math.max(1, poolMax - spareConnections));
        },
      ),
    );
  });
});

describe('equal queries', () => {
  test.each([
    ['of one user', ['A', 'A', 'A', 'A', 'A', 'A']],
    ['of several users', ['A', 'B', 'C', 'A', 'B', 'C']],
  ])('%s, started together, take at most three times as long as each other', (_whose, owners) => {
    fc.assert(
      fc.property(
        fc.record({
          poolMax: fc.integer({ min: 1, max: 8 }),
          endpoints: fc.integer({ min: 4, max: 16 }),
          batches: fc.integer({ min: 1, max: 12 }),
          buffer: fc.integer({ min: 1, max: 5 }),
          count: fc.integer({ min: 2, max: owners.length }),
        }),
        fc.array(fc.shuffledSubarray(numbersTo(16), { minLength: 16 }), {
          minLength: owners.length,
          maxLength: owners.length,
        }),
        ({ poolMax, count, endpoints, ...work }, orders) => {
          const queries = owners.slice(0, count).map((owner, place) => {
            const opened = (orders[place] ?? []).filter((number) => number < endpoints);
            return { owner, endpoints, opened, openedAt: opened.map(() => 1), ...work };
          });
          const run = simulate({ poolMax, poolMaxPerUser: 8, limits, queries, transactions: [] });
          expect(run.finishedAt).not.toContain(undefined);
          const steps = run.finishedAt.map((step) => step ?? Number.NaN);
          expect(Math.max(...steps) / Math.min(...steps)).toBeLessThanOrEqual(3);
        },
      ),
      { numRuns: 300 },
    );
  });
});
