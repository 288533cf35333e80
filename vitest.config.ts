import { defineConfig } from 'vitest/config';

// One project a kind of machine: `unit` and `process` need Node alone, the others a program that may be missing.
const heavy = (name: string, timeout: number) => ({
  test: {
    name,
    setupFiles: ['test/fast-check.ts'],
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    fileParallelism: false,
  },
});

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['test/fast-check.ts'],
          include: ['test/**/*.test.ts'],
          // A property of some hundred runs passes Vitest's 5 seconds where other work has the machine's cores.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          exclude: ['process', 'limits', 'packed', 'cluster', 'image', 'peer', 'chart', 'browser'].map(
            (heavy) => `test/${heavy}/**`,
          ),
        },
      },
      { test: { ...heavy('process', 60_000).test, globalSetup: ['test/process/build.ts'] } },
      { test: { ...heavy('limits', 120_000).test, globalSetup: ['test/process/build.ts'] } },
      { test: { ...heavy('packed', 60_000).test, globalSetup: ['test/packed/setup.ts'] } },
      { test: { ...heavy('peer', 120_000).test, globalSetup: ['test/process/build.ts'] } },
      { test: { ...heavy('chart', 120_000).test, globalSetup: ['test/chart/setup.ts'], fileParallelism: true } },
      { test: { ...heavy('browser', 60_000).test, globalSetup: ['test/process/build.ts'] } },
      heavy('image', 600_000),
      { test: { ...heavy('cluster', 600_000).test, globalSetup: ['test/cluster/setup.ts'] } },
    ],
  },
});
