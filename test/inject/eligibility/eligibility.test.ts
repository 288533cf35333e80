import { describe, expect, test } from 'vitest';
import { injectPod } from '../../../src/inject/inject.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { facts, settings } from '../cluster.ts';
import { codes, pod } from '../pods.ts';

const status = { 'metrics-sidecar.io/status': '{"version":"1","injected":true}' };
const ours = { containers: [{ name: 'app' }, { name: 'metrics-sidecar' }] };

const rules: [name: string, json: JsonObject, decision: string, code: string | undefined][] = [
  ['nobody asks', pod(undefined), 'unchanged', 'not_asked'],
  ['opted out', pod('false'), 'unchanged', 'opted_out'],
  ['opted out, in the network of the node', pod('false', { spec: { hostNetwork: true } }), 'unchanged', 'opted_out'],
  ['mirror pod', pod('statsd', { annotations: { 'kubernetes.io/config.mirror': 'x' } }), 'unchanged', 'mirror_pod'],
  [
    'being deleted',
    pod('statsd', {
      metadata: { annotations: { 'metrics-sidecar.io/inject': 'statsd' }, deletionTimestamp: '2026-01-01T00:00:00Z' },
    }),
    'unchanged',
    'pod_exists',
  ],
  [
    'has a resource version',
    pod('statsd', { metadata: { annotations: { 'metrics-sidecar.io/inject': 'statsd' }, resourceVersion: '12' } }),
    'unchanged',
    'pod_exists',
  ],
  ['runs', { ...pod('statsd'), status: { phase: 'Running' } }, 'unchanged', 'pod_exists'],
  ['has an empty status', { ...pod('statsd'), status: {} }, 'injected', undefined],
  ['is pending', { ...pod('statsd'), status: { phase: 'Pending' } }, 'injected', undefined],
  ['injected before', pod('statsd', { annotations: status, spec: ours }), 'unchanged', 'already_injected'],
  ['the status is a copy', pod('statsd', { annotations: status }), 'injected', undefined],
  [
    'the status is no JSON',
    pod('statsd', { annotations: { 'metrics-sidecar.io/status': '{' }, spec: ours }),
    'skipped',
    'name_taken',
  ],
  ['a container of our name', pod('statsd', { spec: ours }), 'skipped', 'name_taken'],
  [
    'an ephemeral container of our name',
    pod('statsd', { spec: { containers: [{ name: 'a' }], ephemeralContainers: [{ name: 'metrics-sidecar' }] } }),
    'skipped',
    'name_taken',
  ],
  [
    'a volume of our name',
    pod('statsd', { spec: { containers: [{ name: 'a' }], volumes: [{ name: 'metrics-sidecar-mapping' }] } }),
    'skipped',
    'name_taken',
  ],
  ['our own pod', pod('statsd', { labels: { 'app.kubernetes.io/name': 'metrics-sidecar' } }), 'skipped', 'own_pod'],
  [
    'host network',
    pod('statsd', { spec: { hostNetwork: true, containers: [{ name: 'a' }] } }),
    'skipped',
    'host_network',
  ],
  [
    'Windows by os',
    pod('statsd', { spec: { os: { name: 'windows' }, containers: [{ name: 'a' }] } }),
    'skipped',
    'windows',
  ],
  [
    'Windows by selector',
    pod('statsd', { spec: { nodeSelector: { 'beta.kubernetes.io/os': 'windows' }, containers: [{ name: 'a' }] } }),
    'skipped',
    'windows',
  ],
  [
    'Linux by selector',
    pod('statsd', { spec: { nodeSelector: { 'kubernetes.io/os': 'linux' }, containers: [{ name: 'a' }] } }),
    'injected',
    undefined,
  ],
];

test.each(rules)('%s', (_, json, decision, code) => {
  const outcome = injectPod({ pod: json, facts: facts(), settings: settings() });
  expect(outcome.decision).toBe(decision);
  expect(codes(outcome)).toEqual(code === undefined ? [] : [code]);
});

describe('a Job needs a native sidecar', () => {
  const old = facts({ kubelets: ['v1.28.0'] });
  const never = { spec: { restartPolicy: 'Never', containers: [{ name: 'a' }] } };
  const owned = {
    metadata: {
      annotations: { 'metrics-sidecar.io/inject': 'statsd' },
      ownerReferences: [{ kind: 'Job', name: 'j', controller: true }],
    },
  };
  test.each([
    ['restartPolicy Never', pod('statsd', never), 'skipped'],
    ['owned by a Job', pod('statsd', owned), 'skipped'],
    [
      'a plain container asked for on the pod',
      pod('statsd', { ...never, annotations: { 'metrics-sidecar.io/native': 'false' } }),
      'injected',
    ],
    ['no Job', pod('statsd'), 'injected'],
  ])('%s', (_, json, decision) => {
    expect(injectPod({ pod: json, facts: old, settings: settings() }).decision).toBe(decision);
  });

  test('the settings alone do not ask for a plain container beside a Job', () => {
    const defaults = { 'metrics-sidecar.io/native': 'false' };
    const outcome = injectPod({ pod: pod('statsd', never), facts: facts(), settings: settings({ defaults }) });
    expect(codes(outcome)).toContain('job_without_native');
  });
});

// required, on-invalid, what is wrong -> decision
test.each([
  ['false', 'allow', 'value', 'invalid'],
  ['false', 'deny', 'value', 'denied'],
  ['true', 'allow', 'value', 'denied'],
  ['false', 'allow', 'rule', 'skipped'],
  ['false', 'deny', 'rule', 'skipped'],
  ['true', 'allow', 'rule', 'denied'],
] as const)('required %s, on-invalid %s, wrong %s: %s', (required, onInvalid, wrong, decision) => {
  const annotations = {
    'metrics-sidecar.io/required': required,
    ...(wrong === 'value' && { 'metrics-sidecar.io/native': 'yes' }),
  };
  const spec = wrong === 'rule' ? { hostNetwork: true, containers: [{ name: 'a' }] } : {};
  const outcome = injectPod({
    pod: pod('statsd', { annotations, spec }),
    facts: facts(),
    settings: settings({ onInvalid }),
  });
  expect(outcome.decision).toBe(decision);
  expect(outcome.patch.length > 0).toBe(decision !== 'denied');
  expect(outcome.message !== undefined).toBe(decision === 'denied');
});

test.each([
  ['no spec', { metadata: {} }],
  ['no containers', { spec: {} }],
  ['an empty list', { spec: { containers: [] } }],
  ['a container without a name', { spec: { containers: [{}] } }],
  ['annotations that are no texts', { metadata: { annotations: { a: 1 } }, spec: { containers: [{ name: 'a' }] } }],
  ['volumes that are no list', { spec: { containers: [{ name: 'a' }], volumes: {} } }],
  ['an environment that is no list', { spec: { containers: [{ name: 'a', env: 'A=b' }] } }],
] as const)('a manifest with %s is named, not patched', (_, json) => {
  const outcome = injectPod({
    pod: json as unknown as JsonObject,
    facts: facts({ labels: { 'metrics-sidecar.io/inject': 'statsd' } }),
    settings: settings(),
  });
  expect(outcome).toMatchObject({ decision: 'invalid', patch: [], reasons: [{ code: 'malformed_pod' }] });
});
