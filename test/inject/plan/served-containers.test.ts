import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { injectPod } from '../../../src/inject/inject.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { facts, settings } from '../cluster.ts';
import { codes, containers, patched, pod } from '../pods.ts';

const key = 'metrics-sidecar.io/containers';

function injected(
  names: readonly string[],
  said: { readonly named?: string; readonly inits?: readonly JsonObject[] } = {},
) {
  const json = pod('statsd,ingest', {
    annotations: {
      'statsd.metrics-sidecar.io/mapping-share': '/etc/statsd',
      ...(said.named !== undefined && { [key]: said.named }),
    },
    spec: {
      containers: names.map((name) => ({ name, image: 'example.test/a:1' })),
      ...(said.inits && { initContainers: said.inits }),
    },
  });
  const outcome = injectPod({ pod: json, facts: facts(), settings: settings() });
  const after = patched(json, outcome);
  const given = [...containers(after, 'containers'), ...containers(after, 'initContainers')]
    .filter(({ name }) => name !== 'metrics-sidecar')
    .filter(({ env, volumeMounts }) => (env ?? []).length + (volumeMounts ?? []).length > 0)
    .map(({ name }) => name);
  return { outcome, given };
}

describe('without the annotation', () => {
  test('containers of other injectors get nothing, and the reason says so', () => {
    const { outcome, given } = injected(['istio-proxy', 'app', 'daprd']);
    expect(given).toEqual(['app']);
    expect(codes(outcome).filter((code) => code === 'foreign_container')).toHaveLength(2);
    expect(outcome.warnings).toEqual([]);
  });

  test('where all have such names, they are the pod’s own', () => {
    expect(injected(['istio-proxy']).given).toEqual(['istio-proxy']);
    expect(injected(['daprd', 'vault-agent']).given).toEqual(['daprd', 'vault-agent']);
  });

  test('init containers get nothing, native sidecars neither', () => {
    const inits = [{ name: 'migrate' }, { name: 'linkerd-proxy', restartPolicy: 'Always' }];
    expect(injected(['app'], { inits }).given).toEqual(['app']);
  });

  test('for every set of names nothing is given to those of the table', () => {
    const foreign = ['istio-proxy', 'linkerd-proxy', 'vault-agent', 'daprd', 'otc-container', 'kuma-sidecar', 'csql-x'];
    fc.assert(
      fc.property(
        fc.subarray(['app', 'worker', 'istio', 'proxy'], { minLength: 1 }),
        fc.subarray(foreign),
        (own, others) => {
          expect(injected([...others, ...own]).given).toEqual(own);
        },
      ),
    );
  });
});

describe('with the annotation', () => {
  test.each([
    ['app', ['app']],
    ['worker,app', ['app', 'worker']],
    [' worker , istio-proxy', ['worker', 'istio-proxy']],
    ['migrate', ['migrate']],
    ['app,collector', ['app', 'collector']],
  ])('%s', (named, expected) => {
    const inits = [{ name: 'migrate' }, { name: 'collector', restartPolicy: 'Always' }];
    const { outcome, given } = injected(['app', 'worker', 'istio-proxy'], { named, inits });
    expect(given).toEqual(expected);
    expect(codes(outcome)).not.toContain('foreign_container');
  });

  test.each([
    ['App', 'bad_value'],
    ['app,', 'bad_value'],
    ['app,app', 'bad_value'],
    ['a'.repeat(64), 'bad_value'],
    [Array.from({ length: 65 }, (_, i) => `c${i}`).join(','), 'bad_value'],
    ['a,'.repeat(3000), 'bad_value'],
    ['metrics-sidecar', 'unknown_container'],
    ['wroker', 'unknown_container'],
    [Array.from({ length: 64 }, (_, i) => `c${i}`).join(','), 'unknown_container'],
  ])('an error: %s', (named, code) => {
    const { outcome, given } = injected(['app', 'worker'], { named });
    expect(outcome.decision).toBe('invalid');
    expect(new Set(codes(outcome))).toEqual(new Set([code]));
    expect(given).toEqual([]);
  });

  test('a wrong name tells the nearest, or those that there are', () => {
    const { outcome } = injected(['app', 'worker'], { named: 'wroker,x' });
    expect(outcome.reasons.map(({ detail }) => detail)).toEqual([
      '"wroker"; did you mean "worker"?',
      '"x"; there is app, worker',
    ]);
  });
});
