/** How one test of a foreign suite ended. */
export interface Outcome {
  /** As pytest names it. */
  readonly test: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Of a failure its error, of a skip its reason; else empty. */
  readonly reason: string;
  /** The case ran with a type that HANA has in place of its own. */
  readonly standsIn: boolean;
}

/** Tests that fail for a reason that is known, each with it. */
export type KnownFailures = Readonly<Record<string, string>>;

export interface Verdict {
  readonly passed: number;
  /** Of those that passed. */
  readonly standingIn: number;
  readonly failed: number;
  readonly skipped: ReadonlyMap<string, number>;
  /** What must not be: failures that nobody knows, and known ones that are none. */
  readonly surprises: readonly string[];
}

/** Compares what happened with what is known. */
export function judge(outcomes: readonly Outcome[], known: KnownFailures): Verdict {
  const of = (wanted: Outcome['outcome']) => outcomes.filter(({ outcome }) => outcome === wanted);
  const failed = of('failed');
  const passed = of('passed');
  const skipped = new Map<string, number>();
  for (const { reason } of of('skipped')) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  const names = new Set(failed.map(({ test }) => test));
  return {
    passed: passed.length,
    standingIn: passed.filter(({ standsIn }) => standsIn).length,
    failed: failed.length,
    skipped,
    surprises: [
      ...failed
        .filter(({ test }) => !Object.hasOwn(known, test))
        .map(({ test, reason }) => `failed: ${test}\n    ${reason.replaceAll('\n', '\n    ')}`),
      ...Object.keys(known)
        .filter((test) => !names.has(test))
        .map((test) => `listed among the known failures, but did not fail: ${test}`),
    ],
  };
}
