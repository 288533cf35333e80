import fc from 'fast-check';
import jsonpatch, { type Operation } from 'fast-json-patch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limitRangeItems } from '../../src/cluster/limit-range-items.ts';
import { injectPod } from '../../src/inject/inject.ts';
import { sentence } from '../../src/inject/outcome/reason-text.ts';
import type { LimitRangeItem } from '../../src/inject/pod/namespace-facts.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { facts, settings } from '../inject/cluster.ts';
import { containers, patched } from '../inject/pods.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { type PatchCase, patchCases } from './container-patches.ts';
import { kubernetesPrograms } from './kubernetes-programs.ts';

const programs = kubernetesPrograms('no container-patch was shown to a real one');

/** What we refuse on purpose although this API server takes it. */
const onPurpose: Readonly<Record<string, RegExp>> = {
  'uninject knows our container by its name': /the name cannot be changed/,
  'without it a native sidecar never lets the pod start': /restartPolicy cannot be changed/,
  'API servers before 1.30 take no such name': /is no name of a variable/,
  'API servers before 1.33 take no sleep of nothing': /sleep\/seconds: 0 is not 1 to/,
  'no node gives a port to two containers': /hostPort: \d+ is taken/,
  'the kubelet starts no container without the profile': /localhostProfile: is needed/,
  'Linux does not read them': /the container runs on Linux/,
  'the resources were fitted to those of the pod': /does not fit the whole pod|does not fit the LimitRange of the pod/,
  'a LimitRange that gives the memory beside them may go away': /huge pages need cpu or memory/,
};

const places: readonly (readonly [string, 'true' | 'false', JsonObject])[] = [
  ['a native sidecar', 'true', {}],
  ['a plain container', 'false', {}],
  ['a pod that ends', 'true', { restartPolicy: 'Never', terminationGracePeriodSeconds: 5 }],
  ['a pod with users of its own', 'true', { os: { name: 'linux' }, hostUsers: false }],
  [
    'a pod with resources of its own',
    'true',
    { resources: { requests: { cpu: '600m', memory: '200Mi' }, limits: { cpu: '1', memory: '500Mi' } } },
  ],
];

function podOf(native: string, spec: JsonObject, operations?: readonly object[]): JsonObject {
  const patch = operations && { 'metrics-sidecar.io/container-patch': JSON.stringify(operations) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'app',
      annotations: { 'metrics-sidecar.io/inject': 'statsd', 'metrics-sidecar.io/native': native, ...patch },
    },
    spec: {
      containers: [{ name: 'app', image: 'app:1', ports: [{ name: 'http', containerPort: 8088, hostPort: 8088 }] }],
      volumes: [
        { name: 'data', emptyDir: {} },
        { name: 'claim', persistentVolumeClaim: { claimName: 'claim' } },
      ],
      resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }],
      ...spec,
    },
  };
}

/** A namespace and what its LimitRanges say. */
interface Namespace {
  readonly name: string;
  readonly limitRanges: readonly LimitRangeItem[];
  readonly quotas?: readonly JsonObject[];
}

const usual: Namespace = { name: 'default', limitRanges: [] };
const limited: readonly Namespace[] = [
  { name: 'bounds', limitRanges: [{ type: 'Container', max: { cpu: '1', memory: '512Mi' }, min: { cpu: '5m' } }] },
  { name: 'ratio', limitRanges: [{ type: 'Container', maxLimitRequestRatio: { cpu: '10', memory: '4' } }] },
  {
    name: 'whole',
    limitRanges: [
      { type: 'Pod', max: { cpu: '1', memory: '600Mi' } },
      { type: 'Container', default: { cpu: '400m', memory: '256Mi' }, defaultRequest: { cpu: '100m', memory: '64Mi' } },
    ],
  },
];

const outcomeOf = (pod: JsonObject, { limitRanges, quotas = [] }: Namespace) =>
  injectPod({ pod, facts: facts({ limitRanges, quotas }), settings: settings() });

/** The pod with the patch applied by RFC 6902 alone; undefined where it cannot be applied. */
function applied(
  native: string,
  spec: JsonObject,
  operations: readonly object[],
  namespace: Namespace,
): JsonObject | undefined {
  const plain = podOf(native, spec);
  const pod = structuredClone(patched(plain, outcomeOf(plain, namespace)));
  const list = (pod.spec as { [list: string]: JsonObject[] })[native === 'true' ? 'initContainers' : 'containers']!;
  const at = list.findIndex(({ name }) => name === 'metrics-sidecar');
  try {
    list[at] = jsonpatch.applyPatch(list[at]!, structuredClone(operations) as Operation[]).newDocument;
  } catch {
    return undefined;
  }
  return pod;
}

const few = { cpu: '100m', memory: '64Mi' };

/** Amounts around the bounds. */
const ofResources: readonly PatchCase[] = ['4m', '5m', '10m', '50m', '400m', '600m', '1', '1001m'].flatMap((cpu) =>
  ['1Mi', '16Mi', '64Mi', '256Mi', '344Mi', '512Mi', '513Mi'].flatMap((memory) => {
    const amounts = { cpu, memory };
    return [
      { limits: amounts },
      { requests: amounts },
      { requests: amounts, limits: amounts },
      { requests: { cpu: '5m', memory: '1Mi' }, limits: amounts },
    ].map((value) => ({ title: JSON.stringify(value), operations: [{ op: 'add', path: '/resources', value }] }));
  }),
);

describe.skipIf(programs === undefined)('a real API server', () => {
  let api: ApiServer;
  beforeAll(async () => {
    const admission = { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AdmissionConfiguration' };
    api = await startApiServer(programs!, admission);
  });
  afterAll(() => api?.stop());

  /** The answer of the API server, where it refuses the pod. */
  async function refusal(pod: JsonObject, { name } = usual): Promise<string | undefined> {
    const path = `/api/v1/namespaces/${name}/pods?dryRun=All&fieldValidation=Strict`;
    const { status, body } = await api.request('POST', path, pod);
    if (status === 201) return undefined;
    expect([400, 403, 422]).toContain(status);
    return String((JSON.parse(body) as JsonObject).message);
  }

  /** Where our judgement and the server's part; empty: nowhere. */
  async function difference(
    { title, operations }: PatchCase,
    native: string,
    spec: JsonObject,
    namespace = usual,
  ): Promise<string> {
    const pod = podOf(native, spec, operations);
    const outcome = outcomeOf(pod, namespace);
    const raw = applied(native, spec, operations, namespace);
    if (outcome.decision === 'injected') {
      const after = patched(pod, outcome);
      expect(containers(after, native === 'true' ? 'initContainers' : 'containers')).toEqual(
        containers(raw!, native === 'true' ? 'initContainers' : 'containers'),
      );
      const problem = await refusal(after, namespace);
      return problem === undefined ? '' : `${title}: injected, and refused: ${problem}`;
    }
    if (raw === undefined || (await refusal(raw, namespace)) !== undefined) return '';
    const ours = outcome.reasons.filter(({ code }) => code === 'container_patch').map(sentence);
    const unintended = ours.filter((one) => !Object.values(onPurpose).some((purpose) => purpose.test(one)));
    return ours.length > 0 && unintended.length === 0 ? '' : `${title}: taken, and we refuse it: ${ours.join('; ')}`;
  }

  test.each(places)('judges every patch of the table as we do: %s', async (_, native, spec) => {
    expect(await refusal(podOf(native, spec))).toBeUndefined();
    const found: string[] = [];
    for (const one of patchCases) found.push(await difference(one, native, spec));
    expect(found.filter((one) => one !== '')).toEqual([]);
    expect(patchCases.length).toBeGreaterThan(400);
  });

  test.each(limited)('judges resources as we do under the LimitRange of $name', async (namespace) => {
    const post = (path: string, body: object) => api.request('POST', `/api/v1/namespaces${path}`, body);
    const { name, limitRanges } = namespace;
    await post('', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const object = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name }, spec: { limits: limitRanges } };
    const stored = JSON.parse((await post(`/${name}/limitranges`, object)).body) as JsonObject;
    const limits = { name, limitRanges: limitRangeItems(stored) };
    expect(limits.limitRanges).toHaveLength(limitRanges.length);
    const spec = { containers: [{ name: 'app', image: 'app:1', resources: { requests: few, limits: few } }] };
    expect(await refusal(podOf('true', spec), limits)).toBeUndefined();
    // A LimitRange reaches the admission chain some moments after it was stored.
    const huge = applied(
      'true',
      {},
      [{ op: 'add', path: '/resources', value: { limits: { cpu: '5', memory: '5Gi' }, requests: { cpu: '1m' } } }],
      usual,
    )!;
    await expect.poll(() => refusal(huge, limits), { timeout: 30_000 }).toContain('forbidden');
    const cases = [
      ...patchCases.filter(({ title }) => title.startsWith('/resources') && !title.includes('1e100')),
      ...ofResources,
    ];
    const found: string[] = [];
    for (const native of ['true', 'false'])
      for (const one of cases) found.push(await difference(one, native, spec, limits));
    expect(found.filter((one) => one !== '')).toEqual([]);
  });

  test('judges resources as we do under a ResourceQuota', async () => {
    const ask = async (method: string, path: string, body: object) =>
      JSON.parse((await api.request(method, `/api/v1/namespaces${path}`, body)).body) as JsonObject;
    const name = 'quota';
    await ask('POST', '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const hard = { 'requests.cpu': '600m', 'limits.cpu': '1', 'limits.memory': '400Mi', 'requests.memory': '400Mi' };
    const object = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { hard } };
    const stored = await ask('POST', `/${name}/resourcequotas`, object);
    // No controller runs: the status that it would write is written here.
    const used = Object.fromEntries(Object.keys(hard).map((key) => [key, '0']));
    const quota = await ask('PUT', `/${name}/resourcequotas/${name}/status`, { ...stored, status: { hard, used } });
    const namespace = { name, limitRanges: [], quotas: [quota] };
    const spec = { containers: [{ name: 'app', image: 'app:1', resources: { requests: few, limits: few } }] };
    const huge = podOf('true', {
      containers: [{ name: 'app', image: 'app:1', resources: { limits: { cpu: '5', memory: '5Gi' } } }],
    });
    await expect.poll(() => refusal(huge, namespace), { timeout: 30_000 }).toContain('exceeded quota');
    expect(await refusal(podOf('true', spec), namespace)).toBeUndefined();
    const cases = [...patchCases.filter(({ title }) => title.startsWith('/resources')), ...ofResources];
    const found: string[] = [];
    for (const native of ['true', 'false'])
      for (const one of cases) found.push(await difference(one, native, spec, namespace));
    expect(found.filter((one) => one !== '')).toEqual([]);
  });

  test('judges patches of several operations as we do', async () => {
    const combined = fc.array(fc.constantFrom(...patchCases), { minLength: 2, maxLength: 4 });
    for (const cases of fc.sample(combined, 400)) {
      const operations = cases.flatMap((one) => one.operations);
      expect(await difference({ title: JSON.stringify(operations), operations }, 'true', {})).toBe('');
    }
  });
});
