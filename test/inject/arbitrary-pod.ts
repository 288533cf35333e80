import fc from 'fast-check';
import type { Facts } from '../../src/inject/pod/namespace-facts.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { podAnnotations } from '../../src/kinds/annotations.ts';
import { kindNames } from '../../src/kinds/kind-names.ts';
import { containerFields, environment, mounts, specFields, volumes } from './arbitrary-spec.ts';
import { facts } from './cluster.ts';

const p = 'metrics-sidecar.io';
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
const maybe = <T>(field: string, value: fc.Arbitrary<T>) =>
  fc.oneof(
    fc.constant({}),
    fc.constant({ [field]: null }),
    value.map((one) => ({ [field]: one })),
  );
const merged = (...parts: fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as JsonObject);

const portName = fc.constantFrom('http', 'grpc', 'ms-app', 'ms-app-2', 'ms-metrics', 'admin');
const portNumber = fc.oneof(
  fc.integer({ min: 1, max: 65535 }),
  fc.constantFrom(9102, 9103, 9125, 4888, 18000, 18404, 19001, 8080),
);
const containerPort = fc
  .record(
    { containerPort: portNumber, name: portName, protocol: fc.constantFrom('TCP', 'UDP', 'SCTP') },
    { requiredKeys: ['containerPort'] },
  )
  .map((one) => one as JsonObject);
const ports = fc.uniqueArray(containerPort, {
  maxLength: 4,
  selector: (one) => (one.name ?? one.containerPort) as string | number,
});
const action = fc.record({
  httpGet: fc.record({ path: fc.constant('/'), port: fc.oneof<fc.Arbitrary<string | number>[]>(portName, portNumber) }),
});
const env = fc.oneof(
  fc.array(
    fc
      .oneof(fc.constantFrom('STATSD_HOST', 'STATSD_ADDR', 'DD_AGENT_HOST', 'PUSHGATEWAY_URL', 'PAYMENTS_URL'), name)
      .map((one) => ({ name: one, value: 'x' })),
    { maxLength: 4 },
  ),
  environment,
);
const quantity = fc.constantFrom('10m', '0.5', '1', '64Mi', '1Gi', '100M');
const amounts = fc.record({ cpu: quantity, memory: quantity }, { requiredKeys: [] });
const resources = fc.record({ requests: amounts, limits: amounts }, { requiredKeys: [] });
const unknown = fc.jsonValue({ maxDepth: 2 }).filter((value) => !/e[+-]?\d|-0\b/.test(JSON.stringify(value)));

const container: fc.Arbitrary<JsonObject> = merged(
  containerFields,
  fc.record({ image: fc.constant('example.test/a:1') }),
  maybe('ports', ports),
  maybe('env', env),
  maybe('envFrom', fc.constant([{ configMapRef: { name: 'c' } }])),
  maybe('volumeMounts', mounts),
  maybe('resources', resources),
  maybe('livenessProbe', action),
  maybe('lifecycle', fc.record({ preStop: action })),
  maybe('futureField', unknown),
);

const list = (prefix: string, min: number, more: fc.Arbitrary<object> = fc.constant({})) =>
  fc
    .array(fc.tuple(container, more), { minLength: min, maxLength: 4 })
    .map((all) => all.map(([json, rest], i) => ({ ...json, ...rest, name: `${prefix}-${i}` })));

/** Texts of the table: right ones mostly, and what nobody should write. */
const setting = fc
  .oneof(
    fc.constantFrom(...podAnnotations.values()),
    // Those that edit or mount something in the application's containers, or leave things out, are met often enough
    // only so.
    fc.constantFrom(
      ...['haproxy', 'haproxy', 'statsd', 'sidecar', 'sidecar', 'sidecar'].map((scope, i) => {
        const setting = ['takeover', 'upstreams', 'mapping-share', 'merge-app-metrics', 'native', 'env'][i]!;
        return [...podAnnotations.values()].find((one) => one.scope === scope && one.setting === setting)!;
      }),
    ),
  )
  .chain((annotation) =>
    fc.tuple(
      fc.constant(annotation.key),
      fc.oneof(
        { weight: 8, arbitrary: fc.constant(annotation.example) },
        { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
      ),
    ),
  );
const slot = fc.constantFrom(
  ['prometheus.io/scrape', 'true'],
  ['prometheus-io/scrape', 'false'],
  ['prometheus.io/port', '8080'],
  ['prometheus.io.port', '9102'],
  ['prometheus.io/path', '/actuator'],
  ['note', 'x'],
  ['prometheus.io/scrape-slow', 'true'],
  ['prometheus_io_port', '8080'],
  ['prometheus.io/path', '/metrics'],
  ['prometheus.io/scheme', 'https'],
  ['prometheus.io/param_module', 'http_2xx'],
  ['metrics-sidecar.io/scraped-by', 'prometheus-annotations'],
  ['cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes', 'cache,,metrics-sidecar-no-token'],
);
/** Names of containers of either list, most of which a pod has. */
const served = fc.subarray(['app-0', 'app-1', 'init-0', 'init-1'], { minLength: 1 });
const asked = fc.oneof(
  { weight: 9, arbitrary: fc.subarray([...kindNames], { minLength: 1 }).map((some) => some.join(',')) },
  { weight: 1, arbitrary: fc.constantFrom('false', 'all', '') },
);

const metadata = fc
  .tuple(
    asked,
    fc.array(setting, { maxLength: 4 }),
    fc.array(slot, { maxLength: 3 }),
    maybe(
      'labels',
      fc.constantFrom<object[]>({}, { app: 'x' }, { [`${p}/injected`]: 'true' }, { app: 'x', [`${p}/injected`]: '' }),
    ),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: served.map((names) => ({ [`${p}/containers`]: names.join(',') })) },
    ),
  )
  .map(([inject, settings, slots, labels, named]) => ({
    annotations: { ...Object.fromEntries([...slots, ...settings]), ...named, [`${p}/inject`]: inject },
    ...labels,
  }));

/** Pods as a cluster may see them, among them such as cannot be injected. */
export const arbitraryPod: fc.Arbitrary<JsonObject> = fc
  .tuple(
    metadata,
    list('app', 1),
    fc.oneof(
      fc.constant(undefined),
      fc.constant(null),
      list('init', 0, fc.constantFrom({}, { restartPolicy: 'Always' })),
    ),
    maybe('volumes', fc.oneof(fc.constantFrom([], [{ name: 'share', emptyDir: {} }]), volumes)),
    merged(
      specFields,
      fc.oneof(
        { weight: 30, arbitrary: fc.constant({}) },
        { weight: 1, arbitrary: fc.constantFrom<object[]>({ hostNetwork: true }, { os: { name: 'windows' } }) },
      ),
      maybe('restartPolicy', fc.constantFrom('Always', 'Never')),
      maybe('securityContext', fc.constantFrom({}, { runAsUser: 0 }, { runAsUser: 1000, runAsNonRoot: true })),
      maybe('terminationGracePeriodSeconds', fc.integer({ min: 0, max: 60 })),
      maybe('automountServiceAccountToken', fc.boolean()),
      maybe('futureField', unknown),
    ),
  )
  .map(([meta, containers, initContainers, volumes, rest]) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta,
    spec: { ...rest, ...volumes, ...(initContainers !== undefined && { initContainers }), containers },
  }))
  .map((json) => JSON.parse(JSON.stringify(json)) as JsonObject);

const bounds = fc.record(
  { max: amounts, min: amounts, maxLimitRequestRatio: fc.constantFrom({ cpu: '10' }, { memory: '2' }) },
  { requiredKeys: [] },
);

export const arbitraryFacts: fc.Arbitrary<Facts> = fc
  .tuple(
    fc.constantFrom(null, ['v1.28.0'], ['v1.31.0'], ['v1.35.0']),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc.array(fc.tuple(fc.constantFrom('Container' as const, 'Pod' as const), bounds), { maxLength: 2 }),
      },
    ),
  )
  .map(([kubelets, ranges]) => facts({ kubelets, limitRanges: ranges.map(([type, item]) => ({ type, ...item })) }));
