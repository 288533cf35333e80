import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../src/inject/outcome/outcome.ts';
import type { Facts } from '../../../src/inject/pod/namespace-facts.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { type DecisionInputs, decide, type Engine, type Path } from '../../../src/webhook/admission/decide.ts';
import type { Review } from '../../../src/webhook/protocol/review.ts';

const pod: JsonObject = { metadata: {}, spec: { containers: [{ name: 'app' }] } };
const service: JsonObject = { metadata: {}, spec: { ports: [] } };

const base: Review = {
  version: 'admission.k8s.io/v1',
  uid: 'u',
  group: '',
  kind: 'Pod',
  resource: 'pods',
  subResource: '',
  operation: 'CREATE',
  namespace: 'shop',
  name: '',
  dryRun: false,
  object: pod,
};

const facts = (namespace: string): Facts => ({
  namespace: { name: namespace, labels: {}, limitRanges: [] },
  kubelets: ['v1.33.0'],
});

const injected: Outcome = {
  decision: 'injected',
  kinds: ['statsd'],
  patch: [{ op: 'add', path: '/x', value: 1 }],
  reasons: [],
  warnings: [],
};

/** Knows which function of the engine was called with what, and answers what it is told to. */
function decisionInputs(outcome: Outcome = injected) {
  const calls: [name: keyof Engine, object: JsonObject, namespace?: string][] = [];
  const engine: Engine = {
    injectPod(input) {
      calls.push(['injectPod', input.pod, input.facts.namespace.name]);
      return outcome;
    },
    injectService(input) {
      calls.push(['injectService', input.service]);
      return outcome;
    },
    lintWorkload(input) {
      calls.push(['lintWorkload', input.workload, input.facts.namespace.name]);
      return outcome;
    },
  };
  const settings: DecisionInputs['settings'] = {
    defaults: new Map(),
    onInvalid: 'allow',
    nativeSidecars: 'auto',
    discovery: 'annotations',
    version: '1.2.3',
  };
  return { calls, inputs: { engine, settings, facts } };
}

describe('who answers', () => {
  const deployment = { group: 'apps', kind: 'Deployment', resource: 'deployments', object: {} };
  test.each<[string, Path, Partial<Review>, keyof Engine | undefined]>([
    ['a pod that is created', 'mutate', {}, 'injectPod'],
    ['a pod that is updated: no container can be added any more', 'mutate', { operation: 'UPDATE' }, undefined],
    [
      'an ephemeral container (trap 21)',
      'mutate',
      { operation: 'UPDATE', subResource: 'ephemeralcontainers' },
      undefined,
    ],
    ['a resize', 'mutate', { operation: 'UPDATE', subResource: 'resize' }, undefined],
    ['a pod that is deleted', 'mutate', { operation: 'DELETE', object: undefined }, undefined],
    ['a connection to a pod', 'mutate', { operation: 'CONNECT', subResource: 'exec' }, undefined],
    ['a Service that is created', 'mutate', { kind: 'Service', object: service }, 'injectService'],
    ['a Service that is updated', 'mutate', { kind: 'Service', object: service, operation: 'UPDATE' }, 'injectService'],
    [
      'the status of a Service',
      'mutate',
      { kind: 'Service', object: service, operation: 'UPDATE', subResource: 'status' },
      undefined,
    ],
    ['a Service of Knative', 'mutate', { kind: 'Service', group: 'serving.knative.dev', object: service }, undefined],
    ['a workload at the wrong path', 'mutate', deployment, undefined],
    ['a workload', 'lint', deployment, 'lintWorkload'],
    ['a workload that is updated', 'lint', { ...deployment, operation: 'UPDATE' }, 'lintWorkload'],
    ['a CronJob', 'lint', { group: 'batch', kind: 'CronJob', object: {} }, 'lintWorkload'],
    ['a workload that is scaled', 'lint', { ...deployment, operation: 'UPDATE', subResource: 'scale' }, undefined],
    ['a workload of the wrong group', 'lint', { ...deployment, group: 'batch' }, undefined],
    ['a custom resource', 'lint', { group: 'argoproj.io', kind: 'Rollout', object: {} }, 'lintWorkload'],
    ['a Job of Volcano', 'lint', { group: 'batch.volcano.sh', kind: 'Job', object: {} }, 'lintWorkload'],
    ['a custom resource that is deleted', 'lint', { group: 'argoproj.io', operation: 'DELETE' }, undefined],
    ['the status of a custom resource', 'lint', { group: 'argoproj.io', subResource: 'status' }, undefined],
    ['a Rollout of a group of Kubernetes', 'lint', { group: 'apps', kind: 'Rollout', object: {} }, undefined],
    ['a pod at the wrong path', 'lint', {}, undefined],
    ['nothing inputs', 'mutate', { kind: '', object: undefined }, undefined],
  ])('%s', (_name, path, changes, called) => {
    const { calls, inputs } = decisionInputs();
    const review = { ...base, ...changes };
    const decided = decide(path, review, inputs);
    expect(calls.map(([name]) => name)).toEqual(called === undefined ? [] : [called]);
    expect(decided.answer.allowed).toBe(true);
    if (called === undefined) {
      expect(decided).toEqual({
        verdict: 'ignored',
        answer: { allowed: true, patch: [], warnings: [] },
        kinds: [],
        reasons: [],
      });
    } else {
      expect(calls[0]![1]).toBe(review.object);
      expect(calls[0]![2] ?? 'shop').toBe('shop');
    }
  });
});

describe('what is no pod that could be read passes with a warning', () => {
  test.each<[string, JsonObject | undefined]>([
    ['nothing', undefined],
    ['no spec', {}],
    ['no containers', { spec: {} }],
    ['an empty list of containers', { spec: { containers: [] } }],
    ['containers that are no list', { spec: { containers: { name: 'app' } } }],
    ['a container that is no object', { spec: { containers: ['app'] } }],
  ])('%s', (_name, object) => {
    const { calls, inputs } = decisionInputs();
    const decided = decide('mutate', { ...base, object }, inputs);
    expect(calls).toEqual([]);
    expect(decided).toMatchObject({
      verdict: 'ignored',
      answer: { allowed: true, patch: [], warnings: ['metrics-sidecar: not a pod with containers, admitted as it is'] },
    });
  });

  test('nor a Service without a spec', () => {
    const { inputs } = decisionInputs();
    expect(decide('mutate', { ...base, kind: 'Service', object: {} }, inputs).answer).toEqual({
      allowed: true,
      patch: [],
      warnings: ['metrics-sidecar: not a Service, admitted as it is'],
    });
  });
});

test("the engine's outcome is the answer", () => {
  const { inputs } = decisionInputs({ ...injected, warnings: ['w'] });
  expect(decide('mutate', base, inputs)).toEqual({
    verdict: 'injected',
    answer: { allowed: true, patch: injected.patch, warnings: ['w'] },
    kinds: ['statsd'],
    reasons: [],
  });
});

test('denied: not allowed, no patch, the message says why', () => {
  const { inputs } = decisionInputs({ ...injected, decision: 'denied', message: 'two problems' });
  expect(decide('mutate', base, inputs)).toMatchObject({
    verdict: 'denied',
    answer: { allowed: false, patch: [], message: 'two problems' },
  });
});

test('lint never refuses and never patches', () => {
  const { inputs } = decisionInputs({ ...injected, decision: 'denied', message: 'no', warnings: ['w'] });
  const review = { ...base, group: 'apps', kind: 'Deployment' };
  expect(decide('lint', review, inputs)).toMatchObject({
    verdict: 'warned',
    answer: { allowed: true, patch: [], warnings: ['w'] },
  });
  expect(decide('lint', review, decisionInputs().inputs)).toMatchObject({ verdict: 'unchanged' });
});

test('a bug of the engine admits the pod with a warning and is handed on (trap 4)', () => {
  const bug = new TypeError('of undefined');
  const thrower = () => {
    throw bug;
  };
  const engine: Engine = { injectPod: thrower, injectService: thrower, lintWorkload: thrower };
  const inputs = { ...decisionInputs().inputs, engine };
  for (const [path, review] of [
    ['mutate', base],
    ['mutate', { ...base, kind: 'Service', object: service }],
    ['lint', { ...base, group: 'apps', kind: 'Deployment' }],
  ] as const) {
    const decided = decide(path, review, inputs);
    expect(decided).toEqual({
      verdict: 'error',
      answer: {
        allowed: true,
        patch: [],
        warnings: ['metrics-sidecar: internal error, admitted as it is; the log of the webhook has more'],
      },
      kinds: [],
      reasons: [],
      bug,
    });
    expect(decided.answer.warnings[0]!.length).toBeLessThanOrEqual(120);
  }
});
