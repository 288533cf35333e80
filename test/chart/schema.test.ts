import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { annotationTables } from '../../src/kinds/annotations.ts';
import { type FileSettings, readSettings } from '../../src/settings/settings-file.ts';
import { fewAtATime, missing, objects, of, read, templateWith } from './helm.ts';

/** A rule that is right but for one field. */
function lintOf(rule: object): object {
  const right = { apiGroups: ['argoproj.io'], apiVersions: ['v1alpha1'], resources: ['rollouts'] };
  return { lint: { extraResources: [{ ...right, ...rule }] } };
}

// What is refused, and with which words. The first words of a case are the path of the value.
const refused: readonly [values: object, ...message: string[]][] = [
  [{ webhok: {} }, "'webhok' not allowed"],
  [{ webhook: { failurPolicy: 'Fail' } }, '/webhook', "'failurPolicy' not allowed"],
  [{ webhook: { failurePolicy: 'fail' } }, '/webhook/failurePolicy', "'Ignore', 'Fail'"],
  [{ webhook: { timeoutSeconds: 31 } }, '/webhook/timeoutSeconds', 'maximum'],
  [{ webhook: { timeoutSeconds: 0 } }, '/webhook/timeoutSeconds', 'minimum'],
  [{ webhook: { port: '10250' } }, '/webhook/port', 'want integer'],
  [{ webhook: { port: 65536 } }, '/webhook/port', 'maximum'],
  [{ webhook: { nativeSidecars: true } }, '/webhook/nativeSidecars', "'auto', 'true', 'false'"],
  [{ webhook: { extraExcludedNamespaces: ['Team_A'] } }, '/webhook/extraExcludedNamespaces/0', 'pattern'],
  [{ webhook: { matchConditions: [{ expression: 'true' }] } }, '/webhook/matchConditions/0', "'name'"],
  [{ webhook: { objectSelector: { labels: {} } } }, '/webhook/objectSelector', "'labels' not allowed"],
  [{ webhook: { clientCA: 'ca.crt' } }, '/webhook/clientCA', 'want object'],
  [{ webhook: { clientCA: { configmap: {} } } }, '/webhook/clientCA', "'configmap' not allowed"],
  [{ webhook: { clientCA: { secret: { name: 'A_B' } } } }, '/webhook/clientCA/secret/name', 'pattern'],
  [{ webhook: { clientCA: { configMap: { key: '' } } } }, '/webhook/clientCA/configMap/key', 'minLength'],
  [{ webhook: { clientCA: { allowedNames: ['a,b'] } } }, '/webhook/clientCA/allowedNames/0', 'pattern'],
  [{ webhook: { workloadWarnings: { enable: true } } }, '/webhook/workloadWarnings', "'enable' not allowed"],
  [{ lint: { extraResources: [{ apiGroups: ['argoproj.io'] }] } }, '/lint/extraResources/0', "'apiVersions'"],
  [lintOf({ apiGroups: ['*'] }), '/lint/extraResources/0/apiGroups/0', 'pattern'],
  [lintOf({ apiGroups: ['apps'] }), '/lint/extraResources/0/apiGroups/0', 'pattern'],
  [lintOf({ apiGroups: [] }), '/lint/extraResources/0/apiGroups', 'minItems'],
  [lintOf({ apiVersions: ['V1'] }), '/lint/extraResources/0/apiVersions/0', 'pattern'],
  [lintOf({ resources: ['*'] }), '/lint/extraResources/0/resources/0', 'pattern'],
  [lintOf({ resources: ['rollouts/status'] }), '/lint/extraResources/0/resources/0', 'pattern'],
  [lintOf({ resources: ['Rollout'] }), '/lint/extraResources/0/resources/0', 'pattern'],
  [{ lint: { extraResources: 'rollouts' } }, '/lint/extraResources', 'want array'],
  [{ image: { tag: 1.5 } }, '/image/tag', 'want string'],
  [{ image: { tag: 'a/b' } }, '/image/tag', 'pattern'],
  [{ image: { digest: 'abc' } }, '/image/digest', 'pattern'],
  [{ image: { repository: '' } }, '/image/repository', 'minLength'],
  [{ image: { pullPolicy: 'always' } }, '/image/pullPolicy', "'Always'"],
  [{ imagePullSecrets: [{ secret: 'a' }] }, '/imagePullSecrets/0'],
  [{ replicaCount: 0 }, '/replicaCount', 'minimum'],
  [{ terminationGracePeriodSeconds: 10 }, '/terminationGracePeriodSeconds', 'minimum'],
  [{ commonLabels: { a: 1 } }, '/commonLabels/a', 'want string'],
  [{ podDisruptionBudget: { minAvailable: 'half' } }, '/podDisruptionBudget/minAvailable', 'pattern'],
  [{ certificates: { mode: 'cert-manager' } }, '/certificates/mode', "'certManager'"],
  [{ certificates: { auto: { validity: '90d' } } }, '/certificates/auto/validity', 'pattern'],
  [{ certificates: { certManager: { issuerRef: { kin: 'a' } } } }, '/certificates/certManager/issuerRef', "'kin'"],
  [{ cluster: { missedInterval: 5 } }, '/cluster/missedInterval'],
  [{ sidecars: { stats: {} } }, '/sidecars', "'stats' not allowed"],
  [{ sidecars: { annotations: { locked: ['metrics-sidecar.io/imag'] } } }, '/sidecars/annotations/locked/0'],
  [{ sidecars: { annotations: { allowed: ['metrics-sidecar.io/inject'] } } }, '/sidecars/annotations/allowed/0'],
  [{ sidecars: { annotations: { kinds: ['stastd'] } } }, '/sidecars/annotations/kinds/0'],
  [{ sidecars: { users: 'none' } }, '/sidecars/users', "'auto', 'unset'"],
  [{ sidecars: { defaults: { 'log-levl': 'warn' } } }, '/sidecars/defaults', "'log-levl' not allowed"],
  [{ sidecars: { defaults: { env: 'yes' } } }, '/sidecars/defaults/env'],
  [{ sidecars: { statsd: { 'udp-port': 65536 } } }, '/sidecars/statsd/udp-port', 'maximum'],
  [{ sidecars: { statsd: { mapping: 'mappings: []' } } }, '/sidecars/statsd', "'mapping' not allowed"],
  [{ sidecars: { defaults: { 'memory-limit': 'lots' } } }, '/sidecars/defaults/memory-limit', 'pattern'],
  [{ sidecars: { defaults: { 'shutdown-grace-period': '5' } } }, '/sidecars/defaults/shutdown-grace-period', 'pattern'],
  [
    { sidecars: { defaults: { 'shutdown-grace-period': 5 } } },
    '/sidecars/defaults/shutdown-grace-period',
    'want string',
  ],
  [{ sidecars: { statsd: { 'summary-quantiles': 2 } } }, '/sidecars/statsd/summary-quantiles', 'exclusiveMaximum'],
  [{ sidecars: { statsd: { 'summary-quantiles': [0.5, 2] } } }, '/sidecars/statsd/summary-quantiles/1'],
  [{ sidecars: { haproxy: { image: 'foo:bar:baz' } } }, '/sidecars/haproxy/image', 'pattern'],
  [{ sidecars: { ingest: { 'body-limit': '8MB' } } }, '/sidecars/ingest/body-limit', 'pattern'],
  [{ sidecars: { defaults: { image: '' } } }, '/sidecars/defaults/image', 'pattern'],
  [{ prometheus: { discovery: 'annotation' } }, '/prometheus/discovery', "'podMonitor'"],
  [{ prometheus: { podMonitor: { interval: 'often' } } }, '/prometheus/podMonitor/interval', 'pattern'],
  [{ prometheus: { serviceMonitor: { honorLabels: true } } }, '/prometheus/serviceMonitor', 'not allowed'],
  [{ prometheus: { prometheusRule: { runbookUrl: 'docs' } } }, '/prometheus/prometheusRule/runbookUrl', 'pattern'],
  [{ service: { ipFamilyPolicy: 'DualStack' } }, '/service/ipFamilyPolicy', "'RequireDualStack'"],
  [{ service: { ipFamilies: ['ipv4'] } }, '/service/ipFamilies/0', "'IPv4'"],
  [{ service: { ipFamilies: ['IPv4', 'IPv6', 'IPv4'] } }, '/service/ipFamilies', 'maxItems'],
  [{ hostAliases: [{ ip: '192.0.2.1' }] }, '/hostAliases/0', "'hostnames'"],
  [{ dnsConfig: { nameserver: [] } }, '/dnsConfig', "'nameserver' not allowed"],
  [{ deploymentAnnotations: { a: true } }, '/deploymentAnnotations/a', 'want string'],
  [{ runtimeClassName: 'gVisor' }, '/runtimeClassName', 'pattern'],
  [{ minReadySeconds: -1 }, '/minReadySeconds', 'minimum'],
  [{ prometheus: { podMonitor: { endpointAdditionalProperties: [] } } }, '/prometheus/podMonitor/endpointAdditional'],
  [{ networkPolicy: { apiServerPorts: [] } }, '/networkPolicy/apiServerPorts', 'minItems'],
  [{ log: { level: 'trace' } }, '/log/level', "'debug'"],
  [{ extraArgs: ['body-limit=1'] }, '/extraArgs/0', 'pattern'],
  [{ tests: { namespace: '' } }, '/tests/namespace', 'pattern'],
  // What the schema cannot tell, the templates do: all problems at once.
  [
    { webhook: { clientCA: { inline: 'a', configMap: { name: 'b' }, secret: { name: 'c' } } } },
    'webhook.clientCA: set one of inline, configMap.name, secret.name',
    'webhook.clientCA.inline: is no certificate in PEM',
  ],
  [{ webhook: { clientCA: { allowedNames: ['a'] } } }, 'webhook.clientCA.allowedNames', 'webhook.clientCA.inline'],
  [
    { webhook: { clientCA: { inline: '-----BEGIN CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----' } } },
    'webhook.clientCA.inline: holds a private key',
  ],
  [{ certificates: { mode: 'existingSecret' } }, 'certificates.existingSecret.name', 'certificates.caBundle'],
  [
    { certificates: { mode: 'existingSecret', existingSecret: { name: 'a' }, caBundle: 'not a certificate' } },
    'certificates.caBundle',
    'PEM',
  ],
  [
    {
      certificates: {
        mode: 'existingSecret',
        existingSecret: { name: 'a' },
        caBundle: '-----BEGIN CERTIFICATE-----',
        caInjectionAnnotations: { a: 'b' },
      },
    },
    'set one of the two',
  ],
  [{ certificates: { existingSecret: { name: 'a' } } }, 'certificates.existingSecret.name', 'mode is auto'],
  [{ certificates: { caBundle: 'a' } }, 'certificates.caBundle', 'mode auto'],
  [{ certificates: { caInjectionAnnotations: { a: 'b' } } }, 'certificates.caInjectionAnnotations'],
  [
    { certificates: { certManager: { issuerRef: { name: 'a' } } } },
    'certificates.certManager.issuerRef',
    'mode is auto',
  ],
  [
    { certificates: { mode: 'certManager', certManager: { issuerRef: { kind: 'ClusterIssuer' } } } },
    'certificates.certManager.issuerRef.name',
  ],
  [
    { podDisruptionBudget: { minAvailable: 1, maxUnavailable: 1 } },
    'podDisruptionBudget.minAvailable: it and maxUnavailable exclude each other; leave one of them empty',
  ],
  [{ serviceAccount: { create: false } }, 'serviceAccount.name'],
  [{ webhook: { metricsPort: 10250 } }, 'webhook.metricsPort', 'webhook.port'],
  [{ service: { port: 9102 } }, 'service.port', 'webhook.metricsPort'],
];

describe.skipIf(missing).concurrent('what is refused', () => {
  test.each(refused)('%j', async (values, ...message) => {
    const { ok, text } = await templateWith(values);
    expect({ ok, text }).toMatchObject({ ok: false });
    // Helm quotes the place as JSON Schema does ('/webhook/port'), the templates as people write it.
    for (const words of message) expect(text).toContain(words);
  });

  test('minAvailable alone is a budget, as is maxUnavailable; neither is one of 1', async () => {
    const budgets = [{ minAvailable: 1 }, { minAvailable: '50%' }, { maxUnavailable: 2 }, { maxUnavailable: 0 }, {}];
    const specs = await fewAtATime(budgets, async (podDisruptionBudget) => {
      const all = await objects(templateWith({ podDisruptionBudget }));
      const { minAvailable, maxUnavailable } = of(all, 'PodDisruptionBudget').spec!;
      return {
        ...(minAvailable !== undefined && { minAvailable }),
        ...(maxUnavailable !== undefined && { maxUnavailable }),
      };
    });
    expect(specs).toEqual([...budgets.slice(0, -1), { maxUnavailable: 1 }]);
  });

  test("the annotation against AKS' enforcer is on both registrations, and null removes it", async () => {
    const registrations = async (annotations: object) =>
      (await objects(templateWith({ webhook: { annotations } })))
        .filter(({ kind }) => kind.endsWith('WebhookConfiguration'))
        .map(({ metadata }) => metadata.annotations);
    expect(await registrations({ a: 'b' })).toEqual([
      { a: 'b', 'admissions.enforcer/disabled': 'true' },
      { a: 'b', 'admissions.enforcer/disabled': 'true' },
    ]);
    expect(await registrations({ 'admissions.enforcer/disabled': null })).toEqual([undefined, undefined]);
  });

  test('further fields of an endpoint win over those of the chart, and the others stay', async () => {
    const more = { interval: '15s', params: { a: ['b'] } };
    const given = { interval: '30s', endpointAdditionalProperties: more };
    const prometheus = { discovery: 'podMonitor', podMonitor: given, serviceMonitor: { enabled: true, ...given } };
    const all = await objects(templateWith({ prometheus }));
    const [pods] = of(all, 'PodMonitor').spec!.podMetricsEndpoints as object[];
    expect(pods).toMatchObject({ ...more, port: 'ms-metrics', filterRunning: true });
    const [service] = of(all, 'ServiceMonitor').spec!.endpoints as object[];
    expect(service).toMatchObject({ ...more, port: 'web', path: '/metrics' });
  });

  test('a chart that this one is a part of shares values and has a condition', async () => {
    const shared = { global: { imageRegistry: 'mirror.example', storageClass: 'fast' }, enabled: true };
    expect(await templateWith(shared)).toMatchObject({ ok: true });
  });
});

describe.skipIf(missing)('Helm reads the patterns below sidecars as they are meant', () => {
  const settings = [...annotationTables].flatMap(([scope, table]) =>
    Object.values(table)
      .filter(({ ofOneApplication }) => ofOneApplication !== true)
      .map((annotation) => ({ ...annotation, section: scope === 'sidecar' ? 'defaults' : scope })),
  );
  const valuesOf = (value: (setting: (typeof settings)[number]) => unknown) => {
    const sections = Map.groupBy(settings, ({ section }) => section);
    const sectionOf = (list: typeof settings) => Object.fromEntries(list.map((one) => [one.setting, value(one)]));
    return { sidecars: Object.fromEntries([...sections].map(([name, list]) => [name, sectionOf(list)])) };
  };

  test('every example is taken, as a text, and the settings file with them is read', async () => {
    const all = await objects(templateWith(valuesOf(({ example }) => example)));
    const file = of(all, 'ConfigMap').data!['settings.yaml']!;
    expect(readSettings(file)).toMatchObject({ ok: true });
    const keys = settings.map(({ key }) => key);
    const { value } = readSettings(file) as { value: FileSettings };
    expect([...value.defaults.keys()].sort()).toEqual(keys.sort());
  });

  test('a wrong word is refused at the path of each setting', async () => {
    const { ok, text } = await templateWith(valuesOf(() => '~!'));
    expect(ok).toBe(false);
    const passed = settings.filter(({ section, setting }) => !text.includes(`'/sidecars/${section}/${setting}'`));
    expect(passed.map(({ key }) => key)).toEqual([]);
  });
});

interface Schema {
  readonly type?: string | readonly string[];
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly description?: string;
  readonly $ref?: string;
}

describe('the schema', () => {
  const schema = JSON.parse(read('values.schema.json')) as Schema;
  const values = load(read('values.yaml')) as Readonly<Record<string, unknown>>;

  test('says draft-07, which Helm 3 reads too', () => {
    expect(schema).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' });
  });

  test('is closed wherever it names properties, but for what charts share', () => {
    const open = (node: Schema, path: string): string[] => [
      ...(node.properties !== undefined && node.additionalProperties !== false ? [path] : []),
      ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => open(child, `${path}.${key}`)),
      ...(node.items === undefined ? [] : open(node.items, `${path}[]`)),
    ];
    expect(open(schema, '')).toEqual(['.global']);
  });

  test('has no value that values.yaml has not, and the other way round', () => {
    const compare = (node: Schema, value: unknown, path: string): string[] => {
      if (node.properties === undefined || typeof value !== 'object' || value === null) return [];
      // A map that is empty by default: what may be in it is Kubernetes', or the settings file's.
      if (Object.keys(value).length === 0) return [];
      const [named, given] = [Object.keys(node.properties), Object.keys(value)];
      return [
        ...named.filter((key) => !given.includes(key)).map((key) => `${path}${key} is not in values.yaml`),
        ...given.filter((key) => !named.includes(key)).map((key) => `${path}${key} is not in the schema`),
        ...named.flatMap((key) =>
          compare(node.properties![key]!, (value as Record<string, unknown>)[key], `${path}${key}.`),
        ),
      ];
    };
    expect(compare(schema, values, '')).toEqual([
      'enabled is not in values.yaml',
      'certificates.certManager.privateKey.encoding is not in values.yaml',
    ]);
  });
});
