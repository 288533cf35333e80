import type { TestProject } from 'vitest/node';
import { installChart, uninstallChart } from './chart.ts';
import { kubectl } from './kubectl.ts';
import { deployPrometheus, removePrometheus } from './prometheus.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Why the suite cannot run, or the empty string. */
    missing: string;
  }
}

/**
 * The webhook and Prometheus are installed once for the two projects of the suite. Each project loads this file again,
 * so the environment of the process remembers it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const missing = await whatIsMissing();
  project.provide('missing', missing);
  if (missing !== '') {
    if (process.env.CI !== undefined) throw new Error(`test:cluster: ${missing}`);
    console.error(`\ntest:cluster SKIPPED: ${missing}\n`);
    return async () => {};
  }
  if (process.env.CLUSTER_IS_SET_UP !== undefined) return async () => {};
  process.env.CLUSTER_IS_SET_UP = 'yes';
  // An installation that an earlier run left would keep its values.
  await uninstallChart();
  await Promise.all([installChart(), deployPrometheus()]);
  return async () => {
    if (process.env.KEEP === undefined) await Promise.all([uninstallChart(), removePrometheus()]);
  };
}

async function whatIsMissing(): Promise<string> {
  const { code, err } = await kubectl(['get', 'namespaces', '--request-timeout=10s']);
  if (code === 127) return 'kubectl is not on the PATH';
  return code === 0 ? '' : `no cluster answers (KUBECONFIG): ${err.trim().split('\n').at(-1)}`;
}
