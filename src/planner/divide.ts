import { HanaFlightError } from '../core/errors.ts';
import type { Division } from './division.ts';
import type { Probe, ProbeAnswer } from './facts.ts';
import { type PartitionRequest, STRATEGIES, type StrategyName } from './plan.ts';
import type { Outcome, Shares } from './shares.ts';
import { STRATEGY_TABLE } from './strategies/strategies.ts';
import type { Strategy } from './strategies/strategy.ts';

/** What came of a division. */
export interface Divided {
  readonly division: Division;
  readonly outcome: Outcome;
}

type Dividing = Generator<Probe, Divided, ProbeAnswer>;

/**
 * Divides by the strategy that the caller names, or else by the first that can.
 * @param divisions at least one, the best first.
 * @throws HanaFlightError `invalid-argument` when the strategy that the caller names cannot divide this.
 */
export function* divide(divisions: readonly Division[], request: PartitionRequest): Dividing {
  const name = request.strategy ?? (request.bounds === undefined ? undefined : 'bounds');
  return name === undefined ? yield* automatic(divisions) : yield* byName(divisions, name);
}

function* byName(divisions: readonly Division[], name: StrategyName): Dividing {
  const strategy = STRATEGY_TABLE[name];
  const [best] = divisions;
  if (best?.order !== undefined && !strategy.ranges) {
    const reason = `it is ordered, and endpoints by ${name} would not keep the order`;
    return { division: best, outcome: { kind: 'none', reason } };
  }
  const division = divisions.find((candidate) => strategy.obstacle(candidate) === undefined);
  if (division !== undefined) return { division, outcome: yield* strategy.derive(division) };
  throw new HanaFlightError(
    'invalid-argument',
    `strategy: ${name} cannot divide this query: ${best && strategy.obstacle(best)}; ${usable(divisions)}`,
  );
}

function usable(divisions: readonly Division[]): string {
  const names = STRATEGIES.filter((name) =>
    divisions.some(
      (division) =>
        (division.order === undefined || STRATEGY_TABLE[name].ranges) &&
        STRATEGY_TABLE[name].obstacle(division) === undefined,
    ),
  );
  return names.length === 0 ? 'no other can either' : `possible: ${names.join(', ')}`;
}

/** Strategies that know something of the rows, in the order they are tried. */
const INFORMED: readonly StrategyName[] = ['parts', 'histogram', 'sample', 'range'];

/** For keys that nothing is known of: each endpoint reads all of them. */
const BLIND: readonly StrategyName[] = ['modulo', 'hash'];

function* automatic(divisions: readonly Division[]): Dividing {
  let best: Divided | undefined;
  for (const { division, strategy } of applicable(divisions, INFORMED)) {
    const outcome = yield* strategy.derive(division);
    const divided = { division, outcome };
    if (outcome.kind === 'few-rows') return divided;
    if (outcome.kind === 'shares' && outcome.shares.length >= outcome.wanted) return divided;
    if (best === undefined || shareCount(outcome) > shareCount(best.outcome)) best = divided;
  }
  if (best !== undefined) return best;
  for (const { division, strategy } of applicable(divisions, BLIND)) {
    return { division, outcome: yield* strategy.derive(division) };
  }
  const [division] = divisions;
  if (division === undefined) throw new RangeError('there is nothing to divide');
  return { division, outcome: { kind: 'none', reason: 'nothing is known of its keys' } };
}

function shareCount(outcome: Outcome): number {
  return outcome.kind === 'shares' ? outcome.shares.length : 0;
}

interface Attempt {
  readonly division: Division;
  readonly strategy: Strategy;
}

function applicable(
  divisions: readonly Division[],
  names: readonly StrategyName[],
): readonly Attempt[] {
  return divisions.flatMap((division) =>
    names
      .map((name) => STRATEGY_TABLE[name])
      .filter(
        (strategy) =>
          (division.order === undefined || strategy.ranges) &&
          strategy.obstacle(division) === undefined &&
          strategy.reserve(division) === undefined,
      )
      .map((strategy) => ({ division, strategy })),
  );
}

/** Fewer shares than there should be, and why that is so; undefined when there are enough. */
export function shortage({ shares, wanted, key }: Shares): string | undefined {
  if (shares.length >= wanted) return undefined;
  const what =
    key.length === 0
      ? 'there are no more parts'
      : `there are too few different values of ${key.join(', ')}`;
  return `not ${wanted}, because ${what}`;
}
