import { describe, expect, test } from 'vitest';
import { verdictsOn } from '../../../bench/bars.ts';
import { spreadOf } from '../../../bench/figures.ts';
import { type CpuProfile, folderOf, functionTimes } from '../../../bench/profile/cpu-profile.ts';
import { barChart } from '../../../bench/report/bar-chart.ts';
import { type Contender, interleave, type TimingOptions } from '../../../bench/timing.ts';

const ROWS = 10;
const OPTIONS: TimingOptions = {
  title: 'a comparison',
  rounds: 3,
  baseline: 'node-hdb row objects',
  rows: ROWS,
  bytes: 1000,
  bytesOf: 'HANA',
  checked: 'the row count',
};

/** Takes as long as it is told, by a clock of its own; the first run is not counted. */
function contender(name: string, milliseconds: readonly number[], rows = ROWS): Contender {
  let run = 0;
  return {
    name,
    processes: { client: process.pid },
    run: async () => ({ rows, milliseconds: milliseconds[run++] ?? 0 }),
  };
}

describe('a comparison of the bench', () => {
  const slow = contender('node-hdb row objects', [999, 10, 20, 60]);

  test('takes ratios within each round and leaves the first round out', async () => {
    const fast = contender('hana-flight batches', [999, 1, 1, 2]);
    const group = await interleave([slow, fast], OPTIONS);
    const [base, ours] = group.figures;
    expect(base?.milliseconds).toEqual({ median: 20, lowest: 10, highest: 60 });
    expect(ours?.ratio).toEqual({ median: 20, lowest: 10, highest: 30 });
    expect(verdictsOn('decode', [group])).toMatchObject([{ ratio: 20, verdict: 'goal reached' }]);
  });

  test('ends when a contender does not yield all rows', async () => {
    const cheat = contender('cheat', [1, 1, 1, 1], ROWS - 1);
    await expect(interleave([cheat], OPTIONS)).rejects.toThrow('cheat: expected 10 rows, got 9');
  });

  test('says that a bar was not reached', async () => {
    const base = contender('node-hdb row objects', [9, 9, 9, 9]);
    const ours = contender('hana-flight batches', [1, 1, 1, 1]);
    const group = await interleave([base, ours], OPTIONS);
    expect(verdictsOn('decode', [group])).toMatchObject([{ ratio: 9, verdict: 'bar NOT reached' }]);
  });

  test('becomes a chart with a bar for each contender', async () => {
    const group = await interleave([contender('a < b', [1, 1, 1, 1])], OPTIONS);
    const chart = barChart('decode & more', group, 'somewhere');
    expect(chart.match(/<rect/g)).toHaveLength(1);
    expect(chart).toContain('a &lt; b');
    expect(chart).toContain('decode &amp; more');
  });
});

test('the middle of an even number of measurements is between the two in the middle', () => {
  expect(spreadOf([8, 1, 2, 4])).toEqual({ median: 3, lowest: 1, highest: 8 });
});

const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 4 });

describe('a CPU profile', () => {
  test.each([
    ['file:///a/hana-flight/dist/driver/columnar/column.js', 'driver/columnar'],
    ['file:///a/hana-flight/src/flight/service.ts', 'flight'],
    ['/a/hana-flight/node_modules/@grpc/grpc-js/build/src/server.js', 'node_modules/@grpc/grpc-js'],
    ['node:internal/streams/readable', 'node'],
    ['', 'V8 and native code'],
    ['file:///a/hana-flight/bench/timing.ts', 'bench'],
  ])('counts %s to %s', (url, folder) => {
    expect(folderOf(url)).toBe(folder);
  });

  test('is summed up by function, over all threads, without idle time', () => {
    const profile: CpuProfile = {
      nodes: [
        { id: 1, callFrame: frame('(idle)', '') },
        { id: 2, callFrame: frame('scan', 'file:///x/dist/driver/columnar/row-scanner.js') },
        { id: 3, callFrame: frame('copy', 'node:buffer') },
      ],
      samples: [1, 2, 3, 2],
      timeDeltas: [9000, 1000, 500, 2000],
    };
    expect(functionTimes([profile, profile])).toEqual([
      { folder: 'driver/columnar', name: 'scan row-scanner.js:5', milliseconds: 6 },
      { folder: 'node', name: 'copy node:buffer:5', milliseconds: 1 },
    ]);
  });
});
