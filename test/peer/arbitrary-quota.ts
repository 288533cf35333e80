import fc from 'fast-check';
import type { JsonObject } from '../../src/json/json.ts';

/** A namespace with bounds of every kind, and the pods that are tried in it. */
export interface Scenario {
  readonly quotas: readonly JsonObject[];
  readonly limitRanges: readonly JsonObject[];
  readonly pods: readonly JsonObject[];
}

const cpu = fc.constantFrom('0', '1m', '50m', '95m', '100m', '200m', '0.5', '1');
const memory = fc.constantFrom('0', '1Mi', '32Mi', '96Mi', '128Mi', '256Mi', '1Gi');
const amounts = fc.record({ cpu, memory }, { requiredKeys: [] });
const both = fc.record({ requests: amounts, limits: amounts }, { requiredKeys: [] });
const equal = fc.record({ cpu, memory }).map((limits) => ({ requests: limits, limits }));
const resources = fc.oneof(both, equal, fc.constant({}));

const names = { init: 'setup', native: 'proxy', app: 'web', worker: 'worker' };
const container = (name: string, more: object = {}) =>
  resources.map((own) => ({ name, image: 'example.test/a:1', resources: own, ...more }));
const ports = { ports: [{ name: 'http', containerPort: 8080 }] };

const affinity = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: 'zone', namespaceSelector: {}, labelSelector: { matchLabels: { app: 'x' } } },
    ],
  },
};

/** Annotations that change what the sidecar asks for. */
const asked = fc.record(
  {
    'metrics-sidecar.io/cpu-limit': fc.constantFrom('100m', 'none'),
    'metrics-sidecar.io/memory-limit': fc.constantFrom('96Mi', '256Mi'),
    'metrics-sidecar.io/cpu-request': fc.constantFrom('5m', '100m'),
    'metrics-sidecar.io/guaranteed-cpu': fc.constantFrom('30m', '100m'),
    'metrics-sidecar.io/native': fc.constant('false'),
  },
  { requiredKeys: [] },
);

const pod: fc.Arbitrary<JsonObject> = fc
  .record({
    kinds: fc.constantFrom('statsd', 'statsd,haproxy'),
    more: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: asked }),
    apps: fc.oneof(
      container(names.app, ports).map((one) => [one]),
      fc.tuple(container(names.app, ports), container(names.worker)),
    ),
    inits: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: container(names.init).map((one) => [one]) },
      { weight: 1, arbitrary: fc.tuple(container(names.native, { restartPolicy: 'Always' }), container(names.init)) },
    ),
    spec: fc.record(
      {
        activeDeadlineSeconds: fc.constantFrom(60, 3600),
        priorityClassName: fc.constantFrom('high', 'low'),
        affinity: fc.constant(affinity),
        resources: fc.record({ cpu, memory }).map((limits) => ({ requests: limits, limits })),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ kinds, more, apps, inits, spec }) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'tried', annotations: { 'metrics-sidecar.io/inject': kinds, ...more } },
    spec: { ...spec, containers: apps, ...(inits.length > 0 && { initContainers: inits }) },
  }));

const scope = fc.constantFrom<JsonObject>(
  {},
  {},
  { scopes: ['Terminating'] },
  { scopes: ['NotTerminating'] },
  { scopes: ['NotBestEffort'] },
  { scopes: ['NotTerminating', 'NotBestEffort'] },
  ...['In', 'NotIn'].map((operator) => ({
    scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator, values: ['high'] }] },
  })),
  ...['Exists', 'DoesNotExist'].map((operator) => ({
    scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator }] },
  })),
);

const hardCpu = fc.constantFrom('100m', '200m', '220m', '500m', '1', '1100m', '2');
const hardMemory = fc.constantFrom('64Mi', '130Mi', '256Mi', '300Mi', '1Gi', '1100Mi', '3Gi');
const quota: fc.Arbitrary<JsonObject> = fc
  .oneof(
    {
      weight: 8,
      arbitrary: fc.tuple(
        fc.record(
          {
            'requests.cpu': hardCpu,
            memory: hardMemory,
            'limits.cpu': hardCpu,
            'limits.memory': hardMemory,
            pods: fc.constantFrom('0', '1', '5'),
          },
          { requiredKeys: [] },
        ),
        scope,
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom<[JsonObject, JsonObject]>([{ pods: '1' }, { scopes: ['BestEffort'] }]) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<[JsonObject, JsonObject]>([{ pods: '1' }, { scopes: ['CrossNamespacePodAffinity'] }]),
    },
  )
  .map(([hard, more]) => ({ spec: { hard, ...more } }));

const item = (type: string) =>
  fc
    .record(
      {
        max: fc.record(
          { cpu: fc.constantFrom('150m', '1'), memory: fc.constantFrom('100Mi', '1Gi') },
          { requiredKeys: [] },
        ),
        min: fc.record(
          { cpu: fc.constantFrom('1m', '20m'), memory: fc.constantFrom('1Mi', '80Mi') },
          { requiredKeys: [] },
        ),
        maxLimitRequestRatio: fc.record(
          { cpu: fc.constantFrom('1', '4'), memory: fc.constantFrom('1', '3') },
          { requiredKeys: [] },
        ),
        ...(type === 'Container' && {
          default: fc.record({ cpu: fc.constant('100m'), memory: fc.constant('64Mi') }, { requiredKeys: [] }),
        }),
      },
      { requiredKeys: [] },
    )
    .map((one) => ({ type, ...one }));

const limitRange: fc.Arbitrary<JsonObject> = fc
  .oneof(
    item('Container').map((one) => [one]),
    item('Pod').map((one) => [one]),
    fc.tuple(item('Container'), item('Pod')),
  )
  .map((limits) => ({ spec: { limits } }));

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  quotas: fc.array(quota, { minLength: 1, maxLength: 3 }),
  limitRanges: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(limitRange, { minLength: 1, maxLength: 2 }) },
  ),
  pods: fc.array(pod, { minLength: 12, maxLength: 12 }),
});
