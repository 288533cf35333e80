import { describe, expect, test } from 'vitest';
import { injectPod } from '../../src/inject/inject.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { facts, settings } from './cluster.ts';
import { restrictedViolations } from './pod-security.ts';
import { annotationsOf, codes, containerOf, containers, patched, pod, statusOf, volumes } from './pods.ts';

// The numbered traps that injectors are known to fall into, as far as the decision about a pod is concerned. Those of
// the server (1 to 3, 12, 16, 18, 29), of the installation (7, 11, 30) and of its facts (17) are tested there.
const inject = (json: JsonObject, given: Parameters<typeof facts>[0] = {}) =>
  injectPod({ pod: json, facts: facts(given), settings: settings() });
const injected = (json: JsonObject, given: Parameters<typeof facts>[0] = {}) => patched(json, inject(json, given));
const all = 'statsd,ingest,port-monitor,haproxy';
const web = { ports: [{ name: 'http', containerPort: 8080 }] };
const old = { kubelets: ['v1.28.0'] };

describe('trap 4: refusing', () => {
  test('nothing but required or on-invalid=deny refuses a pod', () => {
    const wrong = [
      pod('x'),
      pod('statsd', { annotations: { 'metrics-sidecar.io/native': '?' } }),
      pod('statsd', { spec: { hostNetwork: true, containers: [{ name: 'a' }] } }),
    ];
    expect(wrong.map((json) => inject(json).decision)).toEqual(['invalid', 'invalid', 'skipped']);
  });
});

describe('trap 5: what the injector does not know', () => {
  const future = { futureA: [1, 2.5, null, { deep: '✓' }], futureB: { x: {} } };
  const json = pod('statsd', {
    spec: {
      ...future,
      containers: [
        {
          name: 'app',
          ...future,
          env: [{ name: 'A', futureFrom: {} }],
          ports: [{ containerPort: 1, futureProtocol: 'Q' }],
        },
      ],
      initContainers: [{ name: 'i', restartPolicy: 'Always', restartPolicyRules: [{ action: 'Restart' }], ...future }],
      volumes: [{ name: 'v', futureSource: { a: 1 } }],
    },
  });
  test.each([
    ['native', {}],
    ['classic', old],
  ])('survives byte for byte, %s', (_, given) => {
    const changed = injected(json, given);
    const spec = changed.spec as JsonObject;
    expect({ futureA: spec.futureA, futureB: spec.futureB }).toEqual(future);
    const [app] = containers(json, 'containers');
    const own = containerOf(changed, 'app')!;
    expect(JSON.stringify({ ...own, env: own.env.slice(0, 1) })).toBe(JSON.stringify(app));
    expect(JSON.stringify(containerOf(changed, 'i'))).toBe(JSON.stringify(containers(json, 'initContainers')[0]));
    expect(JSON.stringify(volumes(changed)[0])).toBe(JSON.stringify(volumes(json)[0]));
  });
  test('lists are never replaced or removed', () => {
    for (const operation of inject(json).patch) {
      expect(operation.op).toBe('add');
      expect(operation.path).not.toMatch(/\/(containers|volumes|initContainers|env)$/);
    }
  });
});

test('trap 6: indexes are of this request, and edits come before lists grow', () => {
  const takeover = { 'haproxy.metrics-sidecar.io/takeover': 'true' };
  const mesh = { name: 'mesh', image: 'm' };
  const json = pod('haproxy', {
    annotations: takeover,
    spec: {
      containers: [mesh, { name: 'app', ...web, readinessProbe: { httpGet: { port: 'http' } } }],
      initContainers: [{ name: 'first' }],
    },
  });
  const changed = injected(json);
  expect(containers(changed, 'containers')[0]).toEqual(mesh);
  expect(containerOf(changed, 'app')).toMatchObject({
    ports: [{ name: 'ms-app', containerPort: 8080 }],
    readinessProbe: { httpGet: { port: 8080 } },
  });
  expect(containers(changed, 'initContainers').at(-1)).toEqual({ name: 'first' });
});

describe('trap 8: native sidecars', () => {
  const changed = injected(
    pod(all, { container: web, spec: { containers: [{ name: 'app', ...web }], initContainers: [{ name: 'theirs' }] } }),
  );
  test('come first, and have no probe that could hold the pod up', () => {
    expect(containers(changed, 'initContainers').map(({ name }) => name)).toEqual([
      'metrics-sidecar-haproxy-config',
      'metrics-sidecar',
      'metrics-sidecar-haproxy',
      'theirs',
    ]);
    for (const name of ['metrics-sidecar', 'metrics-sidecar-haproxy']) {
      expect(containerOf(changed, name)).toMatchObject({ restartPolicy: 'Always' });
      expect(Object.keys(containerOf(changed, name)!).filter((field) => field.endsWith('Probe'))).toEqual([]);
    }
  });
  test('whose restartPolicy another webhook dropped get it back on reinvocation', () => {
    const stripped = structuredClone(changed) as { spec: { initContainers: { restartPolicy?: string }[] } };
    for (const one of stripped.spec.initContainers) delete one.restartPolicy;
    const again = inject(stripped as unknown as JsonObject);
    expect(codes(again)).toEqual(['already_injected', 'native_repaired', 'native_repaired']);
    expect(
      JSON.stringify(containerOf(patched(stripped as unknown as JsonObject, again), 'metrics-sidecar')!.restartPolicy),
    ).toBe('"Always"');
  });
  test('wait for 1.32 where Services look for a name of theirs', () => {
    const json = pod('haproxy', { container: web, annotations: { 'haproxy.metrics-sidecar.io/takeover': 'true' } });
    expect(containers(injected(json, { kubelets: ['v1.31.9'] }), 'containers').map(({ name }) => name)).toContain(
      'metrics-sidecar-haproxy',
    );
  });
});

test('trap 9: one declared port and one endpoint for any mix of kinds', () => {
  const changed = injected(pod(all, { container: web }));
  const declared = [...containers(changed, 'initContainers')].flatMap(({ ports }) => ports ?? []);
  expect(declared).toEqual([{ name: 'ms-metrics', containerPort: 9102, protocol: 'TCP' }]);
  expect(annotationsOf(changed)).toMatchObject({
    'prometheus.io/port': '9102',
    'metrics-sidecar.io/scraped-by': 'prometheus-annotations',
  });
});

test('trap 10: labels and annotations of others stay as they are', () => {
  const json = pod('statsd', {
    labels: { app: 'x' },
    annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '80', note: 'y' },
  });
  expect(injected(json).metadata).toMatchObject(json.metadata as object);
});

test('trap 13: a pod of a controller has no name and may have no namespace', () => {
  const json = pod('statsd', {
    metadata: { annotations: { 'metrics-sidecar.io/inject': 'statsd' }, generateName: 'orders-', name: '' },
  });
  expect(inject(json).decision).toBe('injected');
});

describe('trap 14: resources', () => {
  test('one setting does not erase the others', () => {
    const json = pod('statsd', { annotations: { 'metrics-sidecar.io/memory-limit': '256Mi' } });
    expect(containerOf(injected(json), 'metrics-sidecar')!.resources).toEqual({
      requests: { cpu: '10m', memory: '64Mi' },
      limits: { memory: '256Mi' },
    });
  });
  test('a Guaranteed pod stays one', () => {
    const resources = { limits: { cpu: '1', memory: '1Gi' } };
    const { requests, limits } = containerOf(
      injected(pod('statsd', { container: { resources } })),
      'metrics-sidecar',
    )!.resources;
    expect(requests).toEqual(limits);
  });
});

test('trap 15: no shell, no sleep, no hook; a plain sidecar serves on after SIGTERM by itself', () => {
  const changed = injected(pod(all, { container: web }), old);
  const ours = containers(changed, 'containers').filter(({ name }) => name !== 'app');
  for (const one of [...ours, ...containers(changed, 'initContainers')]) {
    expect(one).not.toHaveProperty('lifecycle');
    expect(JSON.stringify(one)).not.toMatch(/"(sh|bash|sleep|\/bin\/sh)"/);
  }
  expect(containerOf(changed, 'metrics-sidecar')!.args.join(' ')).not.toContain('grace-period');
  expect(containerOf(injected(pod('statsd')), 'metrics-sidecar')!.args).toContain('--shutdown.grace-period=0s');
});

test('trap 19: text of the user stays text', () => {
  const annotations = {
    'haproxy.metrics-sidecar.io/routes': '/a"],"command":["sh"]',
    'metrics-sidecar.io/image': 'x"y\n',
  };
  const outcome = inject(pod('haproxy', { annotations, container: web }));
  expect(outcome.decision).toBe('invalid');
  expect(outcome.patch).toHaveLength(1);
  expect(statusOf(patched(pod('haproxy', { annotations, container: web }), outcome))).toMatchObject({
    injected: false,
  });
});

test('trap 20: the order of annotations and variables does not depend on anything but the pod', () => {
  const json = pod(all, { container: web });
  expect(JSON.stringify(inject(json))).toBe(JSON.stringify(inject(structuredClone(json))));
});

test('trap 21: Windows, mirror pods, debug containers, updates', () => {
  expect(codes(inject(pod('statsd', { spec: { os: { name: 'windows' }, containers: [{ name: 'a' }] } })))).toEqual([
    'windows',
  ]);
  expect(inject(pod('statsd', { annotations: { 'kubernetes.io/config.mirror': 'x' } })).patch).toEqual([]);
  const running = {
    metadata: { resourceVersion: '5', annotations: { 'metrics-sidecar.io/inject': 'statsd' } },
    spec: { containers: [{ name: 'a' }], ephemeralContainers: [{ name: 'dbg' }] },
  };
  expect(inject(running).patch).toEqual([]);
});

test('trap 22: a ConfigMap that is missing does not keep the pod in ContainerCreating', () => {
  const json = pod('statsd', { annotations: { 'statsd.metrics-sidecar.io/mapping-config-map': 'gone' } });
  expect(volumes(injected(json)).find(({ name }) => name === 'metrics-sidecar-mapping')).toMatchObject({
    configMap: { optional: true },
  });
});

test('trap 23: nothing of the pod itself changes', () => {
  const spec = {
    containers: [{ name: 'app', ...web }],
    securityContext: { fsGroup: 5, runAsUser: 0 },
    shareProcessNamespace: false,
    terminationGracePeriodSeconds: 7,
    serviceAccountName: 's',
  };
  const { containers: _, volumes: __, initContainers: ___, ...rest } = injected(pod(all, { spec })).spec as JsonObject;
  const { containers: ____, ...before } = spec;
  expect(rest).toEqual(before);
});

describe('trap 24: ports', () => {
  test('a default that the application has gives way, never into the range of outgoing connections', () => {
    const ports = [{ containerPort: 9102 }, { containerPort: 9125, protocol: 'UDP' }, { containerPort: 4888 }];
    expect(statusOf(injected(pod('statsd,ingest', { container: { ports } }))).ports).toEqual({
      metrics: 9103,
      'statsd-udp': 9126,
      'statsd-tcp': 9125,
      ingest: 4889,
    });
  });
  test('what Prometheus need not reach is on loopback', () => {
    const args = containerOf(injected(pod('statsd,ingest')), 'metrics-sidecar')!.args.join(' ');
    expect(args).toMatch(
      /listen-udp=127\.0\.0\.1:\d+.*listen-tcp=127\.0\.0\.1:\d+.*ingest\.listen-address=127\.0\.0\.1:/,
    );
  });
});

describe('trap 25: JSON', () => {
  test('a number beyond 2^53 is not written again', () => {
    const spec = '{"containers":[{"name":"app"}],"futureNumber":1e300,"activeDeadlineSeconds":9007199254740993}';
    const json = pod('statsd', { spec: JSON.parse(spec) as JsonObject });
    expect(JSON.stringify(inject(json).patch)).not.toMatch(/9007199254740|1e\+?300/);
  });
  test('__proto__ and constructor in annotations are annotations', () => {
    const json = JSON.parse(
      '{"metadata":{"annotations":{"__proto__":"x","constructor":"y","metrics-sidecar.io/inject":"statsd"}},"spec":{"containers":[{"name":"a","__proto__":{"env":[{"name":"STATSD_HOST"}]}}]}}',
    ) as JsonObject;
    const outcome = inject(json);
    expect(outcome.decision).toBe('injected');
    expect(outcome.patch).toContainEqual(expect.objectContaining({ path: '/spec/containers/0/env' }));
    expect(({} as { env?: unknown }).env).toBeUndefined();
  });
});

test('trap 26: the application’s API token stays with the application', () => {
  const token = '/var/run/secrets/kubernetes.io/serviceaccount';
  const changed = injected(
    pod(all, { container: { ...web, volumeMounts: [{ name: 'kube-api-access-x', mountPath: token }] } }),
  );
  for (const one of containers(changed, 'initContainers')) {
    expect(one.volumeMounts.filter(({ mountPath }) => mountPath === token)).toEqual([
      { name: 'metrics-sidecar-no-token', mountPath: token, readOnly: true },
    ]);
  }
  expect(volumes(changed)).toContainEqual({ name: 'metrics-sidecar-no-token', emptyDir: { sizeLimit: '4Ki' } });
  expect(containerOf(changed, 'app')!.volumeMounts).toEqual([{ name: 'kube-api-access-x', mountPath: token }]);
});

test('trap 27: our limits never get a pod refused by a LimitRange', () => {
  const at = (memory: string) => ({ limitRanges: [{ type: 'Container' as const, max: { memory } }] });
  expect(containerOf(injected(pod('statsd'), at('100Mi')), 'metrics-sidecar')!.resources.limits.memory).toBe('100Mi');
  expect(codes(inject(pod('statsd'), at('50Mi')))).toEqual(['limit_range']);
});

test.each([
  ['nothing', {}],
  ['root', { runAsUser: 0 }],
  ['its own user', { runAsUser: 1000 }],
  ['unconfined', { seccompProfile: { type: 'Unconfined' }, runAsNonRoot: false }],
])('trap 28: clean under restricted in a pod that says %s', (_, securityContext) => {
  const annotations = { 'statsd.metrics-sidecar.io/mapping-image-file': '/m.yml' };
  const changed = injected(
    pod(all, { annotations, spec: { containers: [{ name: 'app', image: 'i', ...web }], securityContext } }),
  );
  for (const one of containers(changed, 'initContainers'))
    expect(restrictedViolations(one, changed.spec as JsonObject)).toEqual([]);
});
