import { describe, expect, test } from 'vitest';
import { injectPod } from '../../../src/inject/inject.ts';
import type { LimitRangeItem } from '../../../src/inject/pod/namespace-facts.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { facts, settings } from '../cluster.ts';
import { codes, containerOf, patched, pod } from '../pods.ts';

interface Said {
  readonly kinds?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: JsonObject;
  readonly container?: JsonObject;
  readonly limitRanges?: readonly LimitRangeItem[];
  readonly defaults?: Readonly<Record<string, string>>;
  readonly kubelets?: readonly string[];
}

/** `cpu request/limit memory request/limit` of the container, and the codes. */
function resourcesOf(
  { kinds = 'statsd', annotations = {}, limitRanges = [], defaults = {}, kubelets = ['1.35'], ...said }: Said,
  name = 'metrics-sidecar',
) {
  const keys = Object.entries(annotations).map(([key, value]) => [`metrics-sidecar.io/${key}`, value]);
  const json = pod(kinds, { annotations: Object.fromEntries(keys), ...said });
  const outcome = injectPod({ pod: json, facts: facts({ limitRanges, kubelets }), settings: settings({ defaults }) });
  const own = containerOf(patched(json, outcome), name)?.resources;
  const text = own && `${own.requests.cpu}/${own.limits.cpu ?? 'none'} ${own.requests.memory}/${own.limits.memory}`;
  return { text, codes: codes(outcome), decision: outcome.decision, outcome };
}

const container = (said: Omit<LimitRangeItem, 'type'>): readonly LimitRangeItem[] => [{ type: 'Container', ...said }];
const whole = (said: Omit<LimitRangeItem, 'type'>): readonly LimitRangeItem[] => [{ type: 'Pod', ...said }];

describe('one container', () => {
  test.each([
    ['defaults', {}, '10m/none 64Mi/128Mi', []],
    ['one setting leaves the others', { annotations: { 'memory-limit': '256Mi' } }, '10m/none 64Mi/256Mi', []],
    [
      'what was written stays as written',
      { annotations: { 'cpu-limit': '0.50', 'memory-limit': '+128Mi' } },
      '10m/0.50 64Mi/+128Mi',
      [],
    ],
    ['a limit below the default request', { annotations: { 'memory-limit': '48Mi' } }, '10m/none 48Mi/48Mi', []],
    ['a request above the default limit', { annotations: { 'cpu-request': '1' } }, '1/none 64Mi/128Mi', []],
    [
      'settings count as defaults',
      { defaults: { 'metrics-sidecar.io/memory-request': '256Mi' } },
      '10m/none 128Mi/128Mi',
      [],
    ],
    [
      'LimitRange maximum',
      { limitRanges: container({ max: { memory: '100Mi' } }) },
      '10m/none 64Mi/100Mi',
      ['resources_fitted'],
    ],
    [
      'LimitRange maximum as asked',
      { annotations: { 'memory-limit': '100Mi' }, limitRanges: container({ max: { memory: '100Mi' } }) },
      '10m/none 64Mi/100Mi',
      [],
    ],
    [
      'two LimitRanges, the tighter one',
      { limitRanges: [...container({ max: { memory: '100Mi' } }), ...container({ max: { memory: '90Mi' } })] },
      '10m/none 64Mi/90Mi',
      ['resources_fitted'],
    ],
    [
      'LimitRange minimum',
      { limitRanges: container({ min: { cpu: '50m', memory: '200Mi' } }) },
      '50m/none 200Mi/200Mi',
      ['resources_fitted', 'resources_fitted'],
    ],
    [
      'LimitRange ratio raises the request',
      { limitRanges: container({ maxLimitRequestRatio: { cpu: '3' } }) },
      '167m/500m 64Mi/128Mi',
      ['resources_fitted'],
    ],
    [
      'LimitRange ratio lowers the limit where the request was asked for',
      { annotations: { 'cpu-request': '10m' }, limitRanges: container({ maxLimitRequestRatio: { cpu: '3' } }) },
      '10m/30m 64Mi/128Mi',
      ['resources_fitted'],
    ],
    ['as much CPU as there is', { annotations: { 'cpu-limit': 'none' } }, '10m/none 64Mi/128Mi', []],
    [
      'as much CPU as there is, where the settings limit it',
      { annotations: { 'cpu-limit': 'none' }, defaults: { 'metrics-sidecar.io/cpu-limit': '200m' } },
      '10m/none 64Mi/128Mi',
      [],
    ],
    [
      'a CPU limit of the settings',
      { defaults: { 'metrics-sidecar.io/cpu-limit': '200m' } },
      '10m/200m 64Mi/128Mi',
      [],
    ],
    [
      'a LimitRange with a default has a limit of our own, or the container would get that one',
      { limitRanges: container({ default: { cpu: '1' }, defaultRequest: { memory: '1Gi' } }) },
      '10m/500m 64Mi/128Mi',
      [],
    ],
    [
      'a LimitRange with a maximum refuses containers without a limit',
      { limitRanges: container({ max: { cpu: '200m' } }), annotations: { 'cpu-limit': 'none' } },
      '10m/200m 64Mi/128Mi',
      ['resources_fitted'],
    ],
    [
      'a LimitRange that raises the request where nothing limits it',
      { limitRanges: container({ min: { cpu: '700m' } }) },
      '700m/none 64Mi/128Mi',
      ['resources_fitted'],
    ],
    [
      'other types and what is no quantity',
      { limitRanges: [...container({ max: { memory: 'much' } })] },
      '10m/none 64Mi/128Mi',
      [],
    ],
  ] as const)('%s', (_, said, text, found) => {
    expect(resourcesOf(said)).toMatchObject({ text, codes: found, decision: 'injected' });
  });

  test.each([
    [
      'a maximum below what it needs',
      { limitRanges: container({ max: { memory: '63Mi' } }) },
      'limit_range',
      'skipped',
    ],
    [
      'a limit asked for above the maximum',
      { annotations: { 'memory-limit': '1Gi' }, limitRanges: container({ max: { memory: '100Mi' } }) },
      'limit_range',
      'skipped',
    ],
    [
      'a request asked for below the minimum',
      { annotations: { 'cpu-request': '1m' }, limitRanges: container({ min: { cpu: '10m' } }) },
      'limit_range',
      'skipped',
    ],
    [
      'both asked for against the ratio',
      {
        annotations: { 'cpu-request': '10m', 'cpu-limit': '1' },
        limitRanges: container({ maxLimitRequestRatio: { cpu: '4' } }),
      },
      'limit_range',
      'skipped',
    ],
    [
      'a request asked for above a limit asked for',
      { annotations: { 'cpu-request': '2', 'cpu-limit': '1' } },
      'request_above_limit',
      'invalid',
    ],
    ['memory in thousandths', { annotations: { 'memory-limit': '128m' } }, 'bad_value', 'invalid'],
    ['CPU below a thousandth', { annotations: { 'cpu-request': '0.1m' } }, 'bad_value', 'invalid'],
    ['no limit at all', { annotations: { 'memory-limit': '0', 'memory-request': '0' } }, 'bad_value', 'invalid'],
  ] as const)('%s is not fitted', (_, said, code, decision) => {
    const result = resourcesOf(said);
    expect(result).toMatchObject({ text: undefined, decision });
    expect(result.codes).toContain(code);
  });
});

describe('the pod as a whole', () => {
  const app = (limit: string) => ({
    container: {
      ports: [{ containerPort: 80 }],
      resources: { requests: { memory: '1Mi' }, limits: { memory: limit } },
    },
  });

  test('our limits shrink to what a LimitRange of the pod leaves, HAProxy first', () => {
    const said = { kinds: 'haproxy', ...app('200Mi'), limitRanges: whole({ max: { memory: '350Mi' } }) };
    expect(resourcesOf(said).text).toBe('10m/none 64Mi/118Mi');
    expect(resourcesOf(said, 'metrics-sidecar-haproxy').text).toBe('10m/none 32Mi/32Mi');
  });

  test('never below what they need', () => {
    const said = { kinds: 'haproxy', ...app('200Mi'), limitRanges: whole({ max: { memory: '295Mi' } }) };
    expect(resourcesOf(said)).toMatchObject({ decision: 'skipped', codes: ['limit_range'] });
  });

  test('overhead and init containers count as the scheduler counts them', () => {
    const init = { initContainers: [{ name: 'i', resources: { limits: { memory: '300Mi' } } }] };
    const limitRanges = whole({ max: { memory: '400Mi' } });
    const said = (kubelets: readonly string[]) =>
      resourcesOf({ container: app('200Mi').container, spec: init, limitRanges, kubelets }).text;
    expect(resourcesOf({ ...app('200Mi'), spec: { overhead: { memory: '100Mi' } }, limitRanges }).text).toBe(
      '10m/none 64Mi/100Mi',
    );
    // The init container's 300Mi are needed beside a native sidecar, and before a plain one has started.
    expect(said(['1.35'])).toBe('10m/none 64Mi/100Mi');
    expect(said(['1.28'])).toBe('10m/none 64Mi/128Mi');
  });

  test('the ratio of the sums raises our requests', () => {
    const limitRanges = whole({ maxLimitRequestRatio: { memory: '1.2' } });
    const resources = { requests: { memory: '100Mi' }, limits: { memory: '110Mi' } };
    expect(resourcesOf({ container: { resources }, limitRanges }).text).toBe('10m/none 128Mi/128Mi');
  });

  test('spec.resources caps the sum of requests and each limit', () => {
    const spec = { resources: { requests: { cpu: '100m', memory: '100Mi' }, limits: { memory: '120Mi' } } };
    const resources = { requests: { cpu: '95m', memory: '64Mi' } };
    expect(resourcesOf({ spec, container: { resources } }).text).toBe('5m/none 36Mi/120Mi');
    expect(resourcesOf({ spec, container: { resources }, annotations: { 'cpu-request': '10m' } })).toMatchObject({
      decision: 'skipped',
      codes: ['pod_resources', 'resources_fitted'],
    });
  });
});

describe('a Guaranteed pod stays Guaranteed', () => {
  const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1000m', memory: '1024Mi' } };
  const p = 'metrics-sidecar.io';
  test.each([
    ['defaults', {}, {}, '50m/50m 128Mi/128Mi', ['guaranteed']],
    ['a figure of its own', { 'guaranteed-cpu': '0.2' }, {}, '200m/200m 128Mi/128Mi', ['guaranteed']],
    ['a limit is the figure', { 'cpu-limit': '200m' }, {}, '200m/200m 128Mi/128Mi', ['guaranteed']],
    ['a limit is kept, however low', { 'cpu-limit': '5m' }, {}, '5m/5m 128Mi/128Mi', ['guaranteed']],
    [
      'both: a limit is a limit',
      { 'cpu-limit': '80m', 'guaranteed-cpu': '90m' },
      {},
      '80m/80m 128Mi/128Mi',
      ['guaranteed'],
    ],
    ['a figure too low to start with', { 'guaranteed-cpu': '5m' }, {}, '20m/20m 128Mi/128Mi', ['guaranteed']],
    ['a limit of the settings is no figure', {}, { [`${p}/cpu-limit`]: '500m' }, '50m/50m 128Mi/128Mi', ['guaranteed']],
    ['but the most', {}, { [`${p}/cpu-limit`]: '30m' }, '30m/30m 128Mi/128Mi', ['guaranteed']],
    [
      'a figure of the settings',
      {},
      { [`${p}/guaranteed-cpu`]: '70m', [`${p}/memory-limit`]: '96Mi' },
      '70m/70m 96Mi/96Mi',
      ['guaranteed'],
    ],
    [
      'a request below the figure never makes the limit as low',
      { 'cpu-request': '5m', 'memory-request': '16Mi' },
      {},
      '50m/50m 128Mi/128Mi',
      ['request_raised', 'request_raised', 'guaranteed'],
    ],
    ['a request above it raises it', { 'cpu-request': '150m' }, {}, '150m/150m 128Mi/128Mi', ['guaranteed']],
    [
      'both asked for, and different',
      { 'cpu-request': '20m', 'cpu-limit': '30m' },
      {},
      '20m/30m 128Mi/128Mi',
      ['quality_changed'],
    ],
    [
      'a request and no limit asked for',
      { 'cpu-request': '20m', 'cpu-limit': 'none' },
      {},
      '50m/50m 128Mi/128Mi',
      ['request_raised', 'guaranteed'],
    ],
  ] as const)('%s', (_, annotations, defaults, text, found) => {
    expect(resourcesOf({ annotations, defaults, container: { resources } })).toMatchObject({ text, codes: found });
  });

  test.each(['0', '0.1m'])('guaranteed-cpu: %s is wrong', (text) => {
    const result = resourcesOf({ annotations: { 'guaranteed-cpu': text } });
    expect(result).toMatchObject({ decision: 'invalid', codes: ['bad_value'] });
  });

  test('the warning has the sum of the pod before and after, init containers of ours and HAProxy included', () => {
    const detail = (kinds: string, spec = {}) =>
      resourcesOf({ kinds, spec, container: { resources, ports: [{ containerPort: 80 }] } }).outcome.reasons.find(
        ({ code }) => code === 'guaranteed',
      )?.detail;
    expect(detail('statsd')).toBe('cpu 1 to 1050m, memory 1Gi to 1152Mi');
    expect(detail('statsd,haproxy')).toBe('cpu 1 to 1150m, memory 1Gi to 1216Mi');
    const init = { name: 'migrate', image: 'example.test/m:1', resources: { limits: { cpu: '2', memory: '2Gi' } } };
    expect(detail('statsd', { initContainers: [init] })).toBe('cpu 2 to 2050m, memory 2Gi to 2176Mi');
  });

  test('limits alone make a pod Guaranteed, one of two resources does not', () => {
    expect(resourcesOf({ container: { resources: { limits: { cpu: '1', memory: '1Gi' } } } }).codes).toEqual([
      'guaranteed',
    ]);
    expect(resourcesOf({ container: { resources: { limits: { cpu: '1' } } } }).codes).toEqual([]);
  });
});

describe('what LimitRanges give the containers that say nothing', () => {
  const given = container({
    default: { cpu: '200m', memory: '100Mi' },
    defaultRequest: { cpu: '200m', memory: '100Mi' },
  });

  test('makes a pod Guaranteed before it reaches a webhook, and so before it is written to a file', () => {
    expect(resourcesOf({ limitRanges: given })).toMatchObject({
      text: '50m/50m 128Mi/128Mi',
      codes: ['guaranteed'],
    });
    const requests = { requests: { cpu: '100m' } };
    expect(resourcesOf({ limitRanges: given, container: { resources: requests } }).codes).toEqual([]);
    // A limit that stands alone is the request too.
    const limits = { limits: { cpu: '300m' } };
    expect(resourcesOf({ limitRanges: given, container: { resources: limits } }).codes).toEqual(['guaranteed']);
  });

  test('counts for the pod as a whole, the first of several LimitRanges that say a resource', () => {
    const twice = [...given, ...container({ default: { memory: '1Gi' } }), ...whole({ max: { memory: '200Mi' } })];
    expect(resourcesOf({ limitRanges: twice }).text).toBe('50m/50m 100Mi/100Mi');
  });
});
