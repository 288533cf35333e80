import { configDefaults, defineConfig } from 'vitest/config';

const heavySuites = ['limits', 'linear', 'packed', 'cluster', 'image', 'peer', 'chart', 'browser'];

// Vitest keeps one core free, which is half of a machine of two.
const everyCore = '100%';

/** A project for each kind of machine: `unit`, `process` and `linear` need only Node, the others a program each. */
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
      // On a busy machine a property of some hundred runs takes longer than Vitest's 5 seconds. Loading and compiling
      // the sources again for each file would take half of the CPU time of the whole suite.
      suite('unit', 60_000, {
        ...parallel,
        isolate: false,
        include: ['test/**/*.test.ts'],
        exclude: [...configDefaults.exclude, ...['process', ...heavySuites].map((name) => `test/${name}/**`)],
      }),
      suite('process', 120_000, { ...parallel, ...built }),
      suite('linear', 120_000, parallel),
      suite('limits', 120_000, built),
      suite('packed', 60_000, { globalSetup: ['test/packed/setup.ts'] }),
      suite('peer', 120_000, built),
      suite('chart', 120_000, { ...parallel, globalSetup: ['test/chart/setup.ts'] }),
      suite('browser', 60_000, built),
      suite('image', 600_000),
      // These files wait for the cluster most of the time and use namespaces of their own, so they run beside each
      // other. The files that change the installation, restart the API server, or ask about everything in the cluster
      // follow, one at a time.
      suite('cluster', 600_000, {
        ...cluster,
        exclude: [...configDefaults.exclude, 'test/cluster/alone/**'],
        fileParallelism: true,
        maxWorkers: 2,
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
