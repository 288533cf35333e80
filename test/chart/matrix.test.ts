import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { cases, chart, helm, missing, read, template, valuesOf } from './helm.ts';

/** The lowest version that Chart.yaml lets in, and the highest there is. */
const versions = ['1.28.0', '1.36.0'];
const apis = [[], ['--api-versions', 'monitoring.coreos.com/v1']];
const ways = [[], ['--is-upgrade']];

describe.skipIf(missing).concurrent.each(cases)('%s', (name) => {
  test('lints without a warning', async () => {
    const { ok, text } = await helm(['lint', '--strict', chart, '--values', valuesOf(name)]);
    expect(ok, text).toBe(true);
    expect(text).not.toMatch(/WARNING|ERROR/);
  });

  // What is rendered follows from the values alone: not from what the cluster happens to have (Argo CD does not say).
  test('renders the same on every supported Kubernetes, with and without the operator, at installation and upgrade', async () => {
    const { text: expected } = await template('--values', valuesOf(name));
    for (const version of versions) {
      for (const api of apis) {
        const both = await Promise.all(
          ways.map((way) => template('--values', valuesOf(name), '--kube-version', version, ...api, ...way)),
        );
        for (const { ok, text } of both)
          expect({ ok, same: text === expected }, text).toEqual({ ok: true, same: true });
      }
    }
  });
});

test.skipIf(missing)('an older Kubernetes is refused by name', async () => {
  const { kubeVersion } = load(read('Chart.yaml')) as { kubeVersion: string };
  expect(kubeVersion).toBe('>=1.28.0-0');
  const { ok, text } = await template('--kube-version', '1.27.16');
  expect(ok).toBe(false);
  expect(text).toContain('1.28.0');
  // A provider's version is one of its Kubernetes.
  expect(await template('--kube-version', 'v1.28.3-gke.1118000')).toMatchObject({ ok: true });
});
