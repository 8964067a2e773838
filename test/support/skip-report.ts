import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** File that collects what was skipped in this run: one line of JSON per suite. */
    skipReport: string;
  }
}

interface SkippedSuite {
  readonly suite: string;
  readonly reason: string;
  readonly cases: number;
}

/** Says at once that a suite is skipped, and remembers it for the end of the run. */
export function reportSkip(file: string, skipped: SkippedSuite): void {
  process.stderr.write(
    `\nSKIPPED ${skipped.suite}: ${skipped.cases} cases not run, ${skipped.reason}\n`,
  );
  appendFileSync(file, `${JSON.stringify(skipped)}\n`);
}

/** Vitest calls it before the run; what it returns runs after it. */
export function setup(project: TestProject): () => void {
  const file = join(mkdtempSync(join(tmpdir(), 'hana-flight-skips-')), 'skips.jsonl');
  appendFileSync(file, '');
  project.provide('skipReport', file);
  return () => {
    const suites = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as SkippedSuite);
    rmSync(dirname(file), { recursive: true, force: true });
    if (suites.length === 0) return;
    const cases = suites.reduce((sum, suite) => sum + suite.cases, 0);
    process.stderr.write(`\nSKIPPED in all: ${suites.length} suites with ${cases} cases\n`);
  };
}
