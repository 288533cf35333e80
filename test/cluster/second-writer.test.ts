import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { helm, mustHelm } from './chart.ts';
import { must } from './kubectl.ts';

// AKS' admissions enforcer adds expressions to the selectors of webhook configurations and becomes a manager of those
// fields, unless they carry the annotation that the chart sets. Here something else does it, which does not ask.

const release = 'second-writer';
const name = `inject-${release}-metrics-sidecar`;
const folder = fileURLToPath(new URL('../../charts/metrics-sidecar', import.meta.url));
/** It calls for nobody and starts no pod. */
const values = ['webhook.namespaceSelector.matchLabels.second-writer=only', 'nodeSelector.second-writer=nowhere'];
const sets = values.flatMap((value) => ['--set', value]);
const upgrade = (...args: string[]) => helm(['upgrade', release, folder, '--namespace', release, ...sets, ...args]);

interface Configuration {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly webhooks: readonly {
    readonly name: string;
    readonly namespaceSelector: { readonly matchExpressions: readonly { readonly key: string }[] };
  }[];
}

const resources = ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'] as const;

async function read(resource: string): Promise<Configuration> {
  return JSON.parse((await must(['get', resource, name, '-o', 'json'])).out) as Configuration;
}

/** The keys of all selectors, of both configurations. */
async function keys(): Promise<ReadonlySet<string>> {
  const all = await Promise.all(resources.map(read));
  return new Set(
    all.flatMap(({ webhooks }) =>
      webhooks.flatMap(({ namespaceSelector }) => namespaceSelector.matchExpressions.map(({ key }) => key)),
    ),
  );
}

/** Adds what AKS adds, as it does: an update under its own name. */
async function enforce(): Promise<void> {
  const expression = { key: 'kubernetes.azure.com/managedby', operator: 'NotIn', values: ['aks'] };
  for (const resource of resources) {
    const configuration = await read(resource);
    const webhooks = configuration.webhooks.map((webhook) => {
      const { namespaceSelector } = webhook;
      const matchExpressions = [...namespaceSelector.matchExpressions, expression];
      return { ...webhook, namespaceSelector: { ...namespaceSelector, matchExpressions } };
    });
    const input = JSON.stringify({ ...configuration, webhooks });
    await must(['replace', '--field-manager=admissionsenforcer', '-f', '-'], input);
  }
}

describe.skipIf(inject('missing'))('a second writer of the selectors', () => {
  beforeAll(() => mustHelm(['install', release, folder, '--namespace', release, '--create-namespace', ...sets]));
  afterAll(async () => {
    await mustHelm(['uninstall', release, '--namespace', release]);
    await must(['delete', 'namespace', release, '--wait=false']);
  });

  test('both configurations carry the annotation that keeps AKS away', async () => {
    for (const resource of resources) {
      expect((await read(resource)).metadata.annotations).toMatchObject({ 'admissions.enforcer/disabled': 'true' });
    }
  });

  test('an upgrade with --force-conflicts passes and brings the selectors of the chart back; the next one needs nothing', async () => {
    const before = await keys();
    await enforce();
    expect(await keys()).toContain('kubernetes.azure.com/managedby');
    const refused = await upgrade('--set', 'replicaCount=3');
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain('conflict with "admissionsenforcer"');

    const forced = await upgrade('--set', 'replicaCount=3', '--force-conflicts');
    expect(forced.code, forced.err).toBe(0);
    expect(await keys()).toEqual(before);
    const next = await upgrade('--set', 'replicaCount=1');
    expect(next.code, next.err).toBe(0);
  });
});
