import { defineConfig } from 'vitest/config';

const shared = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  expect: { requireAssertions: true },
};

/** Files share a process and its modules: no module of ours keeps state, and loading them takes seconds. */
const together = { isolate: false };

export default defineConfig({
  test: {
    // Vitest leaves one core to itself, which on two cores is half of the machine; it needs next to nothing.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          ...together,
          include: ['test/unit/**/*.test.ts', 'test/property/**/*.test.ts'],
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          ...together,
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'clients',
          include: ['test/clients/**/*.test.ts'],
          exclude: ['test/clients/memory.test.ts'],
          globalSetup: ['test/support/skip-report.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...shared,
          name: 'memory',
          include: ['test/clients/memory.test.ts'],
          globalSetup: ['test/support/skip-report.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
