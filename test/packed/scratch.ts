import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder that lasts as long as the tests of a file. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'metrics-sidecar-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A kubeconfig for an API server without TLS and without users. */
export function kubeconfigFor(url: string, folder: string): string {
  const path = join(folder, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: url } }],
    users: [{ name: 'test', user: {} }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}
