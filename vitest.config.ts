import { configDefaults, defineConfig } from 'vitest/config';

const heavySuites = ['limits', 'linear', 'packed', 'cluster', 'image', 'peer', 'chart', 'browser'];

// Vitest leaves one core to itself, which is half of a machine of two.
const everyCore = '100%';

/**
 * One project a kind of machine: `unit`, `process` and `linear` need Node alone, the others a program that may be
 * missing.
 */
const suite = (name: string, timeout: number, more: object = {}) => ({
  test: {
    name,
    setupFiles: ['test/fast-check.ts'],
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    fileParallelism: false,
    ...more,
  },
});

const built = { globalSetup: ['test/process/build.ts'] };
const parallel = { fileParallelism: true, maxWorkers: everyCore };
const cluster = { globalSetup: ['test/cluster/setup.ts'] };

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      // A property of some hundred runs passes Vitest's 5 seconds where other work has the machine's cores. To load the
      // sources anew for each file, and to compile them, would take half of the CPU time of the whole suite.
      suite('unit', 60_000, {
        ...parallel,
        isolate: false,
        include: ['test/**/*.test.ts'],
        exclude: [...configDefaults.exclude, ...['process', ...heavySuites].map((name) => `test/${name}/**`)],
      }),
      suite('process', 60_000, { ...parallel, ...built }),
      suite('linear', 120_000, parallel),
      suite('limits', 120_000, built),
      suite('packed', 60_000, { globalSetup: ['test/packed/setup.ts'] }),
      suite('peer', 120_000, built),
      suite('chart', 120_000, { ...parallel, globalSetup: ['test/chart/setup.ts'] }),
      suite('browser', 60_000, built),
      suite('image', 600_000),
      // Tests that wait for a cluster cost little and run beside each other, in namespaces of their own. Those that
      // change the installation or restart the API server follow, one at a time.
      suite('cluster', 600_000, {
        ...cluster,
        exclude: [...configDefaults.exclude, 'test/cluster/alone/**'],
        fileParallelism: true,
        maxWorkers: 3,
        sequence: { groupOrder: 1 },
      }),
      suite('cluster-alone', 600_000, {
        ...cluster,
        include: ['test/cluster/alone/**/*.test.ts'],
        sequence: { groupOrder: 2 },
      }),
    ],
  },
});
