import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { reportSkip } from '../support/skip-report.ts';
import { provide, type ToolchainName } from '../support/toolchain.ts';
import { ALL_TYPES, type ClientLimits, expectColumn } from './all-types.ts';
import { type CaseReport, runCases } from './foreign-program.ts';
import type { HanaFlightProcess } from './hana-flight-process.ts';

/** The case that reads `SALES.ALL_TYPES`; its columns become tests of their own. */
export interface AllTypesCase {
  readonly name: string;
  readonly limits: ClientLimits;
}

export interface ForeignSuite {
  readonly title: string;
  readonly toolchain: ToolchainName;
  /** Path of the program inside the folder of the toolchain; absent: the toolchain's own. */
  readonly program?: string;
  /** Starts what the suite talks to. */
  readonly start: () => Promise<HanaFlightProcess>;
  /** Arguments of the program; `folder` is that of the toolchain. */
  readonly args: (server: HanaFlightProcess, folder: string) => readonly string[];
  /** Every case of the program: one that is not reported fails, and so does one that is not listed. */
  readonly cases: readonly string[];
  readonly allTypes?: AllTypesCase;
  /** What the trace of the sandbox must show, with the name of the test that looks for it. */
  readonly trace?: readonly [name: string, pattern: RegExp];
}

const NOTHING = { executable: '', folder: '' } as const;

/** Runs a foreign program once and makes a test of each of its cases. */
export async function describeForeign(suite: ForeignSuite): Promise<void> {
  const provision = await provide(suite.toolchain);
  if (provision.state === 'missing') {
    const cases = countOf(suite);
    const reason = `${suite.toolchain}: ${provision.reason}`;
    reportSkip(inject('skipReport'), { suite: suite.title, reason, cases });
  }
  const { executable, folder } = provision.state === 'ready' ? provision : NOTHING;
  const program = suite.program === undefined ? executable : join(folder, suite.program);
  describe.skipIf(provision.state === 'missing')(suite.title, () => {
    let server: HanaFlightProcess | undefined;
    let reports: ReadonlyMap<string, CaseReport> = new Map();

    beforeAll(async () => {
      server = await suite.start();
      reports = await runCases(program, suite.args(server, folder));
    });
    afterAll(() => server?.stop());

    test.for(suite.cases)('%s', (name) => {
      expectPassed(reports, name);
    });
    if (suite.allTypes !== undefined) describeAllTypes(suite.allTypes, () => reports);
    if (suite.trace !== undefined) {
      const [name, pattern] = suite.trace;
      test(name, () => {
        expect(server?.log).toMatch(pattern);
      });
    }
    test('reports the listed cases and no others', () => {
      const listed = [...suite.cases, ...(suite.allTypes ? [suite.allTypes.name] : [])];
      expect([...reports.keys()].toSorted()).toEqual(listed.toSorted());
    });
  });
}

function countOf({ cases, allTypes, trace }: ForeignSuite): number {
  const ofAllTypes = allTypes === undefined ? 0 : ALL_TYPES.length + 1;
  return cases.length + ofAllTypes + (trace === undefined ? 0 : 1) + 1;
}

function describeAllTypes(
  { name, limits }: AllTypesCase,
  reports: () => ReadonlyMap<string, CaseReport>,
): void {
  describe(name, () => {
    test('has the expected columns', () => {
      const { columns } = expectPassed(reports(), name);
      expect(columns?.map((column) => column.name)).toEqual(ALL_TYPES.map((column) => column.name));
    });
    test.for(ALL_TYPES.map((column) => [column.name, column.hanaType] as const))(
      '%s %s',
      ([column]) => {
        expectColumn(expectPassed(reports(), name).columns ?? [], column, limits);
      },
    );
  });
}

function expectPassed(reports: ReadonlyMap<string, CaseReport>, name: string): CaseReport {
  const report = reports.get(name);
  if (report === undefined) throw new Error(`the program did not report the case: ${name}`);
  expect(report.detail ?? '', name).toBe('');
  expect(report.passed, name).toBe(true);
  return report;
}
