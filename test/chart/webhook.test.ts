import { describe, expect, test } from 'vitest';
import { webhookInjects } from '../../src/check/webhook-checks/webhook-injects.ts';
import { callsOf } from '../../src/check/webhook-checks/webhook-rbac.ts';
import { checkFlags } from '../../src/contract/cluster-commands.ts';
import { label, prefix } from '../../src/contract/names.ts';
import { webhookFlags } from '../../src/contract/webhook.ts';
import { parseFlags } from '../../src/flags/parse-flags.ts';
import { readSettings } from '../../src/settings/settings-file.ts';
import { restrictedViolations } from '../inject/pod-security.ts';
import { access, allowed } from './allowed.ts';
import { cases, missing, objects, of, type Tree, template, templateWith, valuesOf } from './helm.ts';

const container = (deployment: Tree): Tree => deployment.spec.template.spec.containers[0];

describe.skipIf(missing).each(cases)('%s', (name) => {
  const rendered = missing ? Promise.resolve([]) : objects(template('--values', valuesOf(name)));

  test('the webhook knows its arguments', async () => {
    const [command, ...args] = container(of(await rendered, 'Deployment')).args as string[];
    expect(command).toBe('webhook');
    const parsed = parseFlags(webhookFlags, args);
    expect(parsed).toMatchObject({ ok: true });
    if (!parsed.ok) return;
    const { settings } = parsed;
    const ports = container(of(await rendered, 'Deployment')).ports as Tree[];
    expect(ports.map((port) => [port.name, port.containerPort])).toEqual([
      ['https', settings.listenAddress.port],
      ['web', settings.webListenAddress.port],
    ]);
    const grace = settings.shutdownGracePeriod + settings.shutdownDrainTimeout;
    const { terminationGracePeriodSeconds } = of(await rendered, 'Deployment').spec!.template.spec;
    expect(terminationGracePeriodSeconds * 1000).toBeGreaterThan(grace);
  });

  test('what the arguments name is there', async () => {
    const all = await rendered;
    const deployment = of(all, 'Deployment');
    const parsed = parseFlags(webhookFlags, (container(deployment).args as string[]).slice(1));
    if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
    const { settings } = parsed;
    const { volumes } = deployment.spec!.template.spec as { volumes: Tree[] };
    const mounts = container(deployment).volumeMounts as Tree[];
    const mountOf = (volume: string) => mounts.find((mount) => mount.name === volume)?.mountPath;
    const configMap = volumes.find((volume) => volume.name === 'settings')!.configMap.name as string;
    expect(settings.settings).toBe(`${mountOf('settings')}/settings.yaml`);
    expect(of(all, 'ConfigMap', configMap).data).toHaveProperty('settings.yaml');
    if (settings.certificatesMode === 'auto') {
      const secret = all.find(({ kind }) => kind === 'Secret')!;
      expect(settings.certificatesSecret).toBe(`${secret.metadata.namespace}/${secret.metadata.name}`);
      const service = of(all, 'Service').metadata;
      expect(settings.certificatesNames).toEqual([`${service.name}.${service.namespace}.svc`]);
    } else {
      expect([settings.tlsCertFile, settings.tlsKeyFile]).toEqual(
        ['tls.crt', 'tls.key'].map((file) => `${mountOf('certs')}/${file}`),
      );
    }
    if (settings.clientCaFile !== undefined) expect(settings.clientCaFile).toBe(`${mountOf('client-ca')}/ca.crt`);
    if (settings.webhookConfiguration === undefined) return;
    const { metadata, webhooks } = of(all, 'MutatingWebhookConfiguration');
    expect(metadata.name).toBe(settings.webhookConfiguration);
    const [left] = webhooks![0]!.namespaceSelector.matchExpressions as Tree[];
    if (settings.cluster) expect(settings.clusterExcludedNamespaces).toEqual(left!.values);
  });

  test('the roles are for the calls that a webhook with these arguments makes, and for no others', async () => {
    const all = await rendered;
    const parsed = parseFlags(webhookFlags, (container(of(all, 'Deployment')).args as string[]).slice(1));
    if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
    const calls = callsOf(parsed.settings).map(access).sort();
    expect(allowed(all)).toEqual(calls);
    expect(of(all, 'Deployment').spec!.template.spec.automountServiceAccountToken).toBe(calls.length > 0);
  });

  test('helm test runs a check that there is', async () => {
    for (const pod of (await rendered).filter(({ kind }) => kind === 'Pod')) {
      const [command, ...args] = pod.spec!.containers[0].args as string[];
      expect(command).toBe('check');
      const parsed = parseFlags(checkFlags, args);
      expect(parsed).toMatchObject({ ok: true });
      if (parsed.ok) expect(parsed.settings.only).toEqual([webhookInjects.id]);
    }
  });

  test('the webhook reads its settings file', async () => {
    const all = await rendered;
    const text = of(all, 'ConfigMap', of(all, 'Deployment').metadata.name).data!['settings.yaml']!;
    const read = readSettings(text);
    expect(read).toMatchObject({ ok: true });
    if (!read.ok) return;
    expect(read.value.defaults.get(`${prefix}/image`)).toBe(container(of(all, 'Deployment')).image);
    expect(read.value.defaults.get(`haproxy.${prefix}/image`)).toMatch(/haproxy[:@]/);
  });

  test('pods are clean under Pod Security "restricted"', async () => {
    const specs = (await rendered).flatMap(({ kind, spec }) =>
      kind === 'Deployment' ? [spec!.template.spec as Tree] : kind === 'Pod' ? [spec as Tree] : [],
    );
    expect(specs.length).toBeGreaterThan(0);
    for (const spec of specs) {
      const ours = (spec.containers as Tree[]).filter((each) => each.name !== 'beside');
      for (const each of ours) expect(restrictedViolations(each, spec)).toEqual([]);
      for (const each of ours) expect(each.securityContext).toMatchObject({ readOnlyRootFilesystem: true });
    }
  });

  test('the API server calls for few objects only, and the conditions cannot fail', async () => {
    const entries = (await rendered).flatMap(({ webhooks }) => webhooks ?? []);
    for (const entry of entries) {
      const conditions = entry.matchConditions as { name: string; expression: string }[];
      expect(conditions.length).toBeGreaterThan(0);
      for (const { expression } of conditions) {
        expect(expression.length).toBeLessThan(650);
        // `in`, `exists` and fields stand behind the has() that makes them safe.
        for (const field of ['annotations', 'ownerReferences', 'jobTemplate', 'labels']) {
          const [guard, use] = [expression.search(`has\\([a-z.]*\\.${field}\\)`), expression.indexOf(`.${field}`)];
          expect(use === -1 || (guard !== -1 && guard < use), expression).toBe(true);
        }
      }
      const selector = (key: string) =>
        (entry.namespaceSelector.matchExpressions as Tree[]).find((rule) => rule.key === key)!;
      const left = [...['kube-system', 'kube-node-lease'], of(await rendered, 'Deployment').metadata.namespace];
      expect(selector('kubernetes.io/metadata.name')).toMatchObject({ operator: 'NotIn' });
      expect(selector('kubernetes.io/metadata.name').values).toEqual(expect.arrayContaining(left));
      expect(entry.objectSelector.matchExpressions).toContainEqual({
        key: label.component,
        operator: 'NotIn',
        values: [label.ownComponent],
      });
      expect(entry.rules.every((rule: Tree) => rule.scope === 'Namespaced')).toBe(true);
    }
  });

  test('everything can be found by its labels, and goes into the namespace of the chart', async () => {
    for (const { kind, metadata } of await rendered) {
      if (metadata.name.includes('extra')) continue;
      expect(metadata.labels, `${kind} ${metadata.name}`).toMatchObject({
        [label.component]: label.ownComponent,
        'app.kubernetes.io/instance': 'metrics-sidecar',
        'app.kubernetes.io/managed-by': 'Helm',
        'app.kubernetes.io/component': expect.stringMatching(/^(webhook|sidecar|dashboard|test)$/),
      });
    }
  });

  test('selectors find the pods and nothing else of the release', async () => {
    const all = await rendered;
    const { matchLabels } = of(all, 'Deployment').spec!.selector as { matchLabels: object };
    expect(of(all, 'Deployment').spec!.template.metadata.labels).toMatchObject(matchLabels);
    expect(of(all, 'Service').spec!.selector).toEqual(matchLabels);
    for (const pod of all.filter(({ kind }) => kind === 'Pod'))
      expect(pod.metadata.labels).not.toMatchObject(matchLabels);
  });

  test('no hooks but those of helm test, no resource definitions', async () => {
    for (const { kind, metadata } of await rendered) {
      expect(metadata.annotations?.['helm.sh/hook'] ?? 'test').toBe('test');
      expect(kind).not.toBe('CustomResourceDefinition');
    }
  });
});

describe.skipIf(missing).concurrent('values', () => {
  test('an image is made of its registry, name and tag; a digest wins, and a registry for all', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const images = [
      [{}, 'ghcr.io/metrics-sidecar/metrics-sidecar:'],
      [{ image: { tag: '1' } }, 'ghcr.io/metrics-sidecar/metrics-sidecar:1'],
      [{ image: { registry: '', repository: 'a' } }, 'a:'],
      [{ image: { tag: '1', digest } }, `ghcr.io/metrics-sidecar/metrics-sidecar@${digest}`],
      [{ global: { imageRegistry: 'mirror:5000' } }, 'mirror:5000/metrics-sidecar/metrics-sidecar:'],
    ] as const;
    for (const [values, image] of images) {
      const all = await objects(templateWith(values));
      expect(container(of(all, 'Deployment')).image).toContain(image);
      expect(of(all, 'Pod').spec!.containers[0].image).toContain(image);
    }
  });

  test('a setting of the sidecars wins over what the chart knows', async () => {
    const sidecars = { defaults: { image: 'other/image:2' }, haproxy: { image: 'other/haproxy:2' } };
    const all = await objects(templateWith({ sidecars }));
    const read = readSettings(of(all, 'ConfigMap').data!['settings.yaml']!);
    if (!read.ok) throw new Error(read.problems.join('\n'));
    expect(read.value.defaults.get(`${prefix}/image`)).toBe('other/image:2');
    expect(read.value.defaults.get(`haproxy.${prefix}/image`)).toBe('other/haproxy:2');
  });

  test('annotations and kinds are locked by the settings file that the chart writes', async () => {
    const annotations = { locked: ['haproxy.metrics-sidecar.io/*'], kinds: ['statsd'] };
    const all = await objects(templateWith({ sidecars: { annotations } }));
    const read = readSettings(of(all, 'ConfigMap').data!['settings.yaml']!);
    if (!read.ok) throw new Error(read.problems.join('\n'));
    const { keys, kinds } = read.value.lock;
    expect([...keys].every((key) => key.startsWith('haproxy.'))).toBe(true);
    expect(keys.has('haproxy.metrics-sidecar.io/image')).toBe(true);
    expect([...kinds]).toEqual(['ingest', 'port-monitor', 'haproxy']);
  });

  test('authorities of client certificates that stand in the values are what the webhook reads', async () => {
    const inline = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n\n';
    const all = await objects(templateWith({ webhook: { clientCA: { inline } } }));
    expect(of(all, 'ConfigMap').data!['client-ca.crt']).toBe(`${inline.trim()}\n`);
    const { volumes } = of(all, 'Deployment').spec!.template.spec as { volumes: Tree[] };
    expect(volumes).toContainEqual({
      name: 'client-ca',
      configMap: { name: of(all, 'ConfigMap').metadata.name, items: [{ key: 'client-ca.crt', path: 'ca.crt' }] },
    });
  });

  test('own pods are known whatever the chart is called', async () => {
    const all = await objects(templateWith({ nameOverride: 'a', fullnameOverride: 'b' }));
    expect(of(all, 'Deployment').metadata).toMatchObject({
      name: 'b',
      labels: { [label.component]: label.ownComponent },
    });
  });

  test('the longest names stay names', async () => {
    const all = await objects(templateWith({ fullnameOverride: 'n'.repeat(200) }));
    expect(all.filter(({ metadata }) => metadata.name.length > 63)).toEqual([]);
  });

  test('OpenShift assigns users and groups', async () => {
    const all = await objects(template('--values', valuesOf('openshift')));
    expect(JSON.stringify(all)).not.toMatch(/"(runAsUser|runAsGroup|fsGroup|supplementalGroups)"/);
  });

  test('secrets to pull images with are named once, however they are written', async () => {
    const values = { global: { imagePullSecrets: ['a', { name: 'b' }] }, imagePullSecrets: [{ name: 'a' }, 'c'] };
    const spec = of(await objects(templateWith(values)), 'Deployment').spec!.template.spec as Tree;
    expect(spec.imagePullSecrets).toEqual([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
  });

  test('a test that cannot succeed is left out', async () => {
    for (const namespace of ['kube-system', 'metrics', 'left']) {
      const values = { tests: { namespace }, webhook: { extraExcludedNamespaces: ['left'] } };
      const all = await objects(templateWith(values));
      expect(all.filter(({ kind }) => kind === 'Pod')).toEqual([]);
    }
  });
});
