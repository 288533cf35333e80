import { expect, test } from 'vitest';
import type { Programs } from './api-server.ts';
import { findProgram } from './program.ts';

/**
 * The API server and etcd of the PATH. Where one is missing, it says so by name, and the tests of the file are to be
 * skipped; in CI that fails.
 * @param untested the part that was not tested without them: "no ResourceQuota of a real one was met"
 */
export function kubernetesPrograms(untested: string): Programs | undefined {
  const etcd = findProgram('etcd', process.env);
  const apiServer = findProgram('kube-apiserver', process.env);
  if (etcd !== undefined && apiServer !== undefined) return { etcd, apiServer };
  const missing = `no kube-apiserver and etcd (PATH): ${untested}`;
  console.warn(`\n*** ${missing} ***\n`);
  test.skipIf(process.env['CI'] === undefined)(missing, () => expect.fail(missing));
  return undefined;
}
