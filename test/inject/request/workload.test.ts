import { describe, expect, test } from 'vitest';
import { lintWorkload } from '../../../src/inject/inject.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { facts, settings } from '../cluster.ts';
import { codes } from '../pods.ts';

const asks = { annotations: { 'metrics-sidecar.io/inject': 'statsd' } };
const template = (metadata: JsonObject, spec: JsonObject = {}) => ({
  metadata,
  spec: { containers: [{ name: 'a' }], ...spec },
});
const workload = (kind: string, metadata: JsonObject, of: JsonObject): JsonObject =>
  kind === 'CronJob'
    ? { kind, metadata, spec: { jobTemplate: { spec: { template: of } } } }
    : { kind, metadata, spec: { template: of } };
const lint = (json: JsonObject, kubelets = ['1.35']) =>
  lintWorkload({ workload: json, facts: facts({ kubelets }), settings: settings() });

describe.each(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'])('%s', (kind) => {
  test('right: nothing is said, nothing is patched', () => {
    expect(lint(workload(kind, {}, template(asks)))).toMatchObject({
      decision: 'unchanged',
      kinds: ['statsd'],
      patch: [],
      warnings: [],
    });
  });

  test('wrong level', () => {
    const outcome = lint(workload(kind, asks, template({})));
    expect(outcome.warnings).toEqual([
      'metadata.annotations metrics-sidecar.io/inject: belongs in the metadata of the pod template',
    ]);
  });

  test('a domain that is almost ours', () => {
    const mistyped = { 'metric-sidecar.io/inject': 'statsd', 'statsd.metrics-sidecars.io/udp-port': '1' };
    const others = { 'metrics-sidecar.example.com/inject': 'x', 'sidecar.istio.io/inject': 'true', plain: 'x' };
    const { warnings } = lint(workload(kind, {}, template({ annotations: { ...mistyped, ...others } })));
    const path = kind === 'CronJob' ? 'spec.jobTemplate.spec.template.metadata' : 'spec.template.metadata';
    expect(warnings.map((warning) => warning.slice(0, 100))).toEqual([
      `${path}.annotations metric-sidecar.io/inject: no domain of ours: did you mean "metrics-sidecar.io"?`.slice(
        0,
        100,
      ),
      `${path}.annotations statsd.metrics-sidecars.io/udp-port: no domain of ours: did you mean "statsd.metrics-sidecar.io"?`.slice(
        0,
        100,
      ),
    ]);
  });

  test('a label instead of an annotation', () => {
    const labels = { labels: { 'metrics-sidecar.io/inject': 'statsd', 'metrics-sidecar.io/injected': 'true' } };
    expect(codes(lint(workload(kind, {}, template(labels))))).toEqual(['label_not_annotation', 'not_asked']);
  });

  test('what another object made was linted there', () => {
    const owned = { ...asks, ownerReferences: [{ kind: 'X', controller: true }] };
    expect(lint(workload(kind, owned, template({})))).toEqual({
      decision: 'unchanged',
      kinds: [],
      patch: [],
      reasons: [],
      warnings: [],
    });
  });

  test('what will become of the pods', () => {
    const annotations = {
      ...asks.annotations,
      'metrics-sidecar.io/required': 'true',
      'metrics-sidecar.io/nativ': 'true',
    };
    const outcome = lint(workload(kind, {}, template({ annotations })));
    expect(outcome).toMatchObject({ decision: 'invalid', patch: [] });
    expect(codes(outcome)).toEqual(['pods_refused', 'unknown_annotation']);
  });
});

test.each([
  ['Job', 'skipped'],
  ['CronJob', 'skipped'],
  ['Deployment', 'unchanged'],
])('a %s on an old cluster is %s', (kind, decision) => {
  expect(lint(workload(kind, {}, template(asks)), ['1.28']).decision).toBe(decision);
});

test.each([
  ['another kind', { kind: 'Rollout', spec: { template: template(asks) } }],
  ['no template', { kind: 'Deployment', spec: {} }],
  ['nothing', {}],
])('%s is not linted', (_, json) => {
  expect(lint(json as JsonObject).reasons).toEqual([]);
});
