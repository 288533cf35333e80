import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { apply, type KubernetesObject, kubectl, must } from './kubectl.ts';

const namespace = 'chart-objects';
const goldens = join(import.meta.dirname, '../golden/chart');
const cases = readdirSync(goldens).filter((file) => file.endsWith('.yaml'));

/** Kinds that this API server does not know; test/chart holds the operator's against its definitions. */
const elsewhere = /^(monitoring\.coreos\.com|monitoring\.googleapis\.com|cert-manager\.io)\//;

/** The objects of a golden, in one namespace: what they are is not to hang on who else is in the cluster. */
function objectsOf(golden: string): KubernetesObject[] {
  const all = loadAll(readFileSync(join(goldens, golden), 'utf8')) as (KubernetesObject | null)[];
  return all
    .filter((object) => object !== null && !elsewhere.test(object.apiVersion))
    .map((object) => {
      const { namespace: given, ...metadata } = object!.metadata;
      return { ...object!, metadata: given === undefined ? metadata : { ...metadata, namespace } };
    });
}

const restricted = Object.fromEntries(
  ['enforce', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
);

describe.skipIf(inject('missing'))('the real API server accepts what the chart renders', () => {
  beforeAll(async () => {
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: restricted } }]);
    // A pod is refused where its account is missing: those are made for real.
    const accounts = cases.flatMap(objectsOf).filter(({ kind }) => kind === 'ServiceAccount');
    await must(['apply', '-f', '-', '--server-side', '--force-conflicts'], list(accounts));
  });
  afterAll(() => must(['delete', 'namespace', namespace, '--wait=false']));

  test.each(cases)('%s', async (golden) => {
    const objects = objectsOf(golden);
    expect(objects.length).toBeGreaterThan(3);
    // By an apply, as Helm 4 does it: an installation of the same name may be there.
    const { code, out, err } = await kubectl(
      ['apply', '-f', '-', '--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict', '-o', 'name'],
      list(objects),
    );
    expect(code, err).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(objects.length);
    const warnings = err.split('\n').filter((line) => line.startsWith('Warning'));
    // The node's network is asked for there, and is not "restricted".
    expect(warnings.filter((line) => !(golden === 'everything.yaml' && line.includes('host namespaces')))).toEqual([]);
  });
});

const list = (items: readonly object[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
