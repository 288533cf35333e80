import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { cases, fewAtATime, missing, type Rendered, read, templateWith, valuesOf } from './helm.ts';

// A value that nothing reads is a promise that nothing keeps: each leaf of values.yaml, changed to another that the
// schema takes, has to change what is rendered with the values of some case.

interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

type Values = Readonly<Record<string, unknown>>;

/** Values whose change shows nowhere, each with the reason. */
const silent: Readonly<Record<string, string>> = {};

/** What a leaf is changed to, where a general change would not be a value of it. */
const changes: Readonly<Record<string, unknown>> = {
  'image.digest': `sha256:${'a'.repeat(64)}`,
  'haproxyImage.digest': `sha256:${'b'.repeat(64)}`,
  'image.pullPolicy': 'Never',
  'haproxyImage.pullPolicy': 'Never',
  dnsPolicy: 'None',
  dnsConfig: { nameservers: ['192.0.2.1'] },
  hostAliases: [{ ip: '192.0.2.11', hostnames: ['a.example'] }],
  'service.ipFamilyPolicy': 'SingleStack',
  'service.ipFamilies': ['IPv4'],
  'podDisruptionBudget.minAvailable': 1,
  'podDisruptionBudget.maxUnavailable': 2,
  'podDisruptionBudget.unhealthyPodEvictionPolicy': 'IfHealthyBudget',
  'webhook.failurePolicy': 'Fail',
  'webhook.requiredFailurePolicy': 'Ignore',
  'webhook.matchPolicy': 'Exact',
  'webhook.reinvocationPolicy': 'Never',
  'webhook.objectSelector': { matchLabels: { a: 'b' } },
  'webhook.namespaceSelector': { matchLabels: { a: 'b' } },
  'webhook.matchConditions': [{ name: 'a', expression: 'true' }],
  'webhook.onInvalid': 'deny',
  'webhook.nativeSidecars': 'false',
  'webhook.clientCA.allowedNames': ['a'],
  'certificates.mode': 'certManager',
  'certificates.certManager.issuerRef': { name: 'a' },
  'certificates.certManager.privateKey.algorithm': 'RSA',
  'certificates.certManager.privateKey.rotationPolicy': 'Never',
  'certificates.caBundle': '-----BEGIN CERTIFICATE-----',
  'sidecars.annotations.locked': ['metrics-sidecar.io/image'],
  'sidecars.annotations.allowed': ['statsd.metrics-sidecar.io/*'],
  'sidecars.annotations.kinds': ['statsd'],
  'sidecars.users': 'unset',
  'sidecars.defaults': { 'log-level': 'warn' },
  'sidecars.statsd': { 'udp-port': 8125 },
  'sidecars.ingest': { port: 4889 },
  'sidecars.port-monitor': { 'range-interval': '5m' },
  'sidecars.haproxy': { threads: 2 },
  'prometheus.discovery': 'none',
  'prometheus.podMonitor.selectorMechanism': 'RoleSelector',
  'prometheus.prometheusRule.runbookUrl': 'https://example.com/',
  'prometheus.prometheusRule.defaultRules.disabled': ['MetricsSidecarTlsErrors'],
  'log.level': 'warn',
  'lint.extraResources': [{ apiGroups: ['keda.sh'], apiVersions: ['v1alpha1'], resources: ['scaledjobs'] }],
  extraArgs: ['--keep-alive=3m'],
};

const standard = load(read('values.yaml')) as Values;

function leaves(value: unknown, path: readonly string[] = []): Leaf[] {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap || Object.keys(value).length === 0 || path.join('.') in changes) return [{ path, value }];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]));
}

function changed({ path, value }: Leaf): unknown {
  const name = path.join('.');
  if (name in changes) return changes[name];
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return changedText(value, name);
  if (!Array.isArray(value)) return { a: 'b' };
  if (value.some((item) => typeof item === 'number')) return [...value, 1234];
  if (/extraEnv|Volume|Containers|PullSecrets/.test(name)) return [...value, { name: 'a' }];
  if (/ExcludedNamespaces|podTargetLabels|drop/.test(name)) return [...value, 'a'];
  return [...value, { a: 'b' }];
}

function changedText(value: string, name: string): string {
  if (/^\d+[smh]$/.test(value)) return `1${value}`;
  if (/[iI]nterval$|Timeout$/.test(name)) return '17s';
  return `${value}a`;
}

function withLeaf(path: readonly string[], value: unknown): Values {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Values;
}

describe.skipIf(missing)('every value is read', () => {
  test('by some object, in some case', async () => {
    const before = new Map<string, Rendered>();
    for (const name of cases) before.set(name, await templateWith({}, '--values', valuesOf(name)));
    // Where most is read comes first: what differs there need not be rendered with the other cases.
    const order = [...new Set(['default', 'everything', ...cases])];
    const all = leaves(standard);
    expect(all.length).toBeGreaterThan(130);
    const unread = await fewAtATime(all, async (leaf) => {
      const values = withLeaf(leaf.path, changed(leaf));
      for (const name of order) {
        const { ok, text } = await templateWith(values, '--values', valuesOf(name));
        if (ok && text !== before.get(name)!.text) return undefined;
        // Said by its name is read too.
        if (!ok && text.includes('do not fit together') && text.includes(leaf.path.join('.'))) return undefined;
        if (text.includes('the schema')) return `${leaf.path.join('.')}: ${text}`;
      }
      return leaf.path.join('.');
    });
    const found = unread.filter((path) => path !== undefined);
    expect(found.filter((path) => !(path in silent))).toEqual([]);
    // An exception that is none any longer goes.
    expect(Object.keys(silent).filter((path) => !found.includes(path))).toEqual([]);
  });

  test('the case "everything" sets every value', () => {
    const given = load(readFileSync(valuesOf('everything'), 'utf8')) as Values;
    const of = (values: unknown, path: readonly string[]) =>
      path.reduce<unknown>((value, key) => (value as Values | undefined)?.[key], values);
    const unset = leaves(standard)
      .filter(({ path }) => of(given, path) === undefined)
      .map(({ path }) => path.join('.'));
    expect(unset.filter((path) => !notTogether.some((other) => path.startsWith(other)))).toEqual([]);
  });
});

/** Values that go with others only, or whose default is the one that a test on another machine can have. */
const notTogether = [
  'image.registry',
  'image.digest',
  'haproxyImage.registry',
  'haproxyImage.tag',
  'fullnameOverride',
  'updateStrategy',
  'podDisruptionBudget.enabled',
  'podSecurityContext',
  'securityContext',
  'livenessProbe.failureThreshold',
  'readinessProbe.failureThreshold',
  'serviceAccount.create',
  'rbac.create',
  'webhook.clientCA.inline',
  'webhook.clientCA.secret',
  'webhook.workloadWarnings.enabled',
  'certificates.mode',
  'certificates.certManager',
  'certificates.existingSecret',
  'certificates.caBundle',
  'certificates.caInjectionAnnotations',
  'cluster.enabled',
  'prometheus.prometheusRule.defaultRules.enabled',
  'networkPolicy.enabled',
  'openshift.enabled',
  'tests.enabled',
];
