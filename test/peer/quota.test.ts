import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limitRangeItems } from '../../src/cluster/limit-range-items.ts';
import { quotaFacts } from '../../src/cluster/quota-facts.ts';
import { injectPod } from '../../src/inject/inject.ts';
import type { Facts } from '../../src/inject/pod/namespace-facts.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { settings } from '../inject/cluster.ts';
import { codes, patched } from '../inject/pods.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { type Scenario, scenario } from './arbitrary-quota.ts';
import { kubernetesPrograms } from './kubernetes-programs.ts';

const programs = kubernetesPrograms('no ResourceQuota of a real one was met');

/** Namespaces; `QUOTA_SCENARIOS=n` tries more of them. */
const scenarios = Number(process.env['QUOTA_SCENARIOS'] ?? 60);
const admission = { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AdmissionConfiguration', plugins: [] };

/** The bounds of a namespace as the API server has them. */
interface Bounds {
  readonly scenario: Scenario;
  readonly facts: Facts;
}

describe.skipIf(programs === undefined)('a real API server', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer(programs!, admission);
    for (const [name, value] of [
      ['high', 1000],
      ['low', 1],
    ]) {
      const json = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value };
      await made('/apis/scheduling.k8s.io/v1/priorityclasses', json);
    }
  });
  afterAll(() => server?.stop());

  async function made(path: string, json: object, method = 'POST'): Promise<JsonObject> {
    const { status, body } = await server.request(method, path, json);
    if (status > 201) throw new Error(`${path}: ${body}`);
    return JSON.parse(body) as JsonObject;
  }

  /** An object of a sample, which contradicts itself now and then: the API server then has none. */
  async function madeIfValid(path: string, json: object): Promise<readonly JsonObject[]> {
    const { status, body } = await server.request('POST', path, json);
    if (status !== 201 && status !== 422) throw new Error(`${path}: ${body}`);
    return status === 201 ? [JSON.parse(body) as JsonObject] : [];
  }

  /** A dry run: the message of a refusal. */
  async function refusal(namespace: string, pod: JsonObject): Promise<string | undefined> {
    const { status, body } = await server.request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod);
    return status === 201 ? undefined : (JSON.parse(body) as { message: string }).message;
  }

  /** No controller runs: the status that it would write is written here. */
  async function bound(namespace: string, one: Scenario): Promise<Bounds> {
    await made('/api/v1/namespaces', { metadata: { name: namespace } });
    const at = `/api/v1/namespaces/${namespace}`;
    const ranges = [];
    for (const [i, range] of one.limitRanges.entries())
      ranges.push(...(await madeIfValid(`${at}/limitranges`, { metadata: { name: `r${i}` }, ...range })));
    const quotas = [];
    for (const [i, quota] of one.quotas.entries()) {
      const [stored] = await madeIfValid(`${at}/resourcequotas`, { metadata: { name: `q${i}` }, ...quota });
      if (stored === undefined) continue;
      const { hard } = (stored as { spec: { hard?: Record<string, string> } }).spec;
      const used = Object.fromEntries(Object.keys(hard ?? {}).map((key) => [key, '0']));
      quotas.push(await made(`${at}/resourcequotas/q${i}/status`, { ...stored, status: { hard, used } }, 'PUT'));
    }
    const limitRanges = ranges.flatMap(limitRangeItems);
    const facts: Facts = {
      namespace: { name: namespace, labels: {}, limitRanges, quotas: quotas.map(quotaFacts) },
      kubelets: ['v1.35.0'],
    };
    return { scenario: one, facts };
  }

  /** The API server learns of quotas and LimitRanges in the order in which they were made: it knows the last one. */
  async function knows(namespace: string): Promise<void> {
    const hard = { pods: '0' };
    await bound(namespace, {
      quotas: [{ spec: { hard } }],
      limitRanges: [{ spec: { limits: [{ type: 'Container', max: { cpu: '1m' } }] } }],
      pods: [],
    });
    const container = { name: 'a', image: 'a', resources: { limits: { cpu: '1' } } };
    const pod = (spec: object) => ({ metadata: { name: 'a' }, spec: { containers: [{ ...container, ...spec }] } });
    await expect.poll(() => refusal(namespace, pod({})), { timeout: 20_000 }).toContain('maximum cpu usage');
    await expect
      .poll(() => refusal(namespace, pod({ resources: {} })), { timeout: 20_000 })
      .toContain('exceeded quota');
  }

  test('a pod that it takes is taken with our containers, whatever quotas and LimitRanges there are', async () => {
    const all = new Map<string, Bounds>();
    for (const [i, one] of fc.sample(scenario, scenarios).entries()) all.set(`n${i}`, await bound(`n${i}`, one));
    await knows('last');
    const counted = { refusedBefore: 0, injected: 0, fitted: 0, skipped: 0, invalid: 0 };
    for (const [namespace, { scenario: one, facts }] of all) {
      for (const pod of one.pods) {
        if ((await refusal(namespace, pod)) !== undefined) {
          counted.refusedBefore += 1;
          continue;
        }
        const outcome = injectPod({ pod, facts, settings: settings() });
        const after = await refusal(namespace, patched(pod, outcome));
        const met = { pod, limitRanges: facts.namespace.limitRanges, quotas: one.quotas, reasons: outcome.reasons };
        expect(after, JSON.stringify(met)).toBeUndefined();
        if (outcome.decision === 'injected') {
          counted[codes(outcome).includes('resources_fitted') ? 'fitted' : 'injected'] += 1;
        } else {
          counted[outcome.decision === 'invalid' ? 'invalid' : 'skipped'] += 1;
        }
      }
    }
    console.log(`pods in ${all.size} namespaces: ${JSON.stringify(counted)}`);
    expect(counted.injected).toBeGreaterThan(0);
    expect(counted.fitted).toBeGreaterThan(0);
    expect(counted.skipped).toBeGreaterThan(0);
  });
});
