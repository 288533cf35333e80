import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import jsonpatch from 'fast-json-patch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClusterFacts, watchFacts } from '../../../src/cluster/watch-facts.ts';
import { label } from '../../../src/contract/names.ts';
import { webhookFlags } from '../../../src/contract/webhook.ts';
import { defaults } from '../../../src/flags/flag.ts';
import { uninjectPod } from '../../../src/inject/uninject/uninject.ts';
import { type JsonObject, objectOf } from '../../../src/json/json.ts';
import { connect } from '../../../src/kube/connection/connect.ts';
import type { Kube } from '../../../src/kube/kube.ts';
import { startWebhook } from '../../../src/webhook/start-webhook.ts';
import { anew, comparable, created } from '../../cluster/corpus-api-server.ts';
import { eventually } from '../../cluster/eventually.ts';
import { patched } from '../../inject/pods.ts';
import { failed } from '../../thrown.ts';
import { servingPair } from '../../webhook/pair.ts';
import { Log, writePair } from '../../webhook/running.ts';
import { type ApiServer, startApiServer } from '../api-server.ts';
import { kubernetesPrograms } from '../kubernetes-programs.ts';
import { openshiftAdmission } from '../openshift-admission.ts';
import { type Namespace, namespaces, objectsOf, openshiftUsers } from './namespaces.ts';
import { accountsOfPods, node, priorityClass, registration } from './objects.ts';
import { podsIn, type WrittenPod } from './pods.ts';

const programs = kubernetesPrograms('no pod was created before and after the injection');

/** This pod has annotations of an injection without its record, which uninject leaves alone the second time. */
const copied = 'status-copied-without-container,';
/**
 * This pod has a sidecar that another webhook made an ordinary init container, so that the application would never
 * start. It becomes a native one again, which costs a quota more.
 */
const stripped = 'native-stripped-by-another-webhook,';

/** The twin of a namespace, about which the webhook is not asked. */
const twinOf = (name: string) => `${name}-without`;

/** The namespaces, and their twins, that have other webhooks. */
function selector(admission: Namespace['admission']): JsonObject {
  const values = namespaces.filter((one) => one.admission === admission).flatMap(({ name }) => [name, twinOf(name)]);
  return { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] };
}

interface Counts {
  readonly both: number;
  readonly neither: number;
  readonly injected: number;
  readonly faults: readonly string[];
}

describe.skipIf(programs === undefined)('a pod that the API server takes', () => {
  let server: ApiServer;
  let kube: Kube;
  let cluster: ClusterFacts;
  let folder: string;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    server = await startApiServer(programs!, undefined, true);
    const connected = await connect({ kubeconfig: server.kubeconfig, env: {} });
    if (!connected.ok) throw new Error(connected.problem);
    kube = connected.kube;
    await send('POST', '/api/v1/nodes', node);
    await send('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', priorityClass);
    for (const namespace of namespaces) {
      for (const name of [namespace.name, twinOf(namespace.name)]) {
        for (const [path, object] of objectsOf(namespace, name)) await send('POST', path, object);
        for (const account of accountsOfPods) await send('POST', `/api/v1/namespaces/${name}/serviceaccounts`, account);
        for (const { name: quota, hard, used } of namespace.quotas ?? []) {
          const path = `/api/v1/namespaces/${name}/resourcequotas/${quota}/status`;
          const none = Object.fromEntries(Object.keys(hard).map((resource) => [resource, '0']));
          const status = { hard, used: { ...none, ...used } };
          await send('PUT', path, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: quota }, status });
        }
      }
    }
    const log = new Log();
    cluster = watchFacts(kube, { now: Date.now, random: Math.random, failed });
    await cluster.whenSynced;
    folder = await mkdtemp(join(tmpdir(), 'accepted-'));
    await writePair(folder, await servingPair());
    const settings = {
      ...defaults(webhookFlags),
      listenAddress: { host: '127.0.0.1', port: 0 },
      webListenAddress: { host: '127.0.0.1', port: 0 },
      tlsCertFile: join(folder, 'tls.crt'),
      tlsKeyFile: join(folder, 'tls.key'),
      shutdownGracePeriod: 0,
    };
    const started = await startWebhook(settings, {
      ...{ version: '1.2.3', now: Date.now, random: Math.random, stdout: log },
      facts: cluster.of,
    });
    if (!started.ok) throw new Error(started.problems.join('\n'));
    stops.push(() => started.value.stop());
    await register(
      registration(
        started.value.tlsAddress.port,
        namespaces.map(({ name }) => name),
      ),
    );
    const openshift = await openshiftAdmission(() => openshiftUsers);
    stops.push(openshift.stop);
    for (const object of openshift.registrations(selector('openshift'))) await register(object);
    // A registration reaches the admission chain some moments after it was stored.
    const probe = podsIn(['as written']).find(({ title }) => title.startsWith('all-kinds,'))!.pod;
    await eventually(async () => {
      expect(isInjected((await create(probe, 'plain')).object)).toBe(true);
    }, 30);
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
    cluster?.stop();
    kube?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const send = async (method: string, path: string, body: JsonObject) => {
    const { status, body: answer } = await server.request(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${answer}`);
  };

  const register = (object: JsonObject) =>
    send('POST', `/apis/admissionregistration.k8s.io/v1/${String(object.kind).toLowerCase()}s`, object);

  const create = async (pod: JsonObject, namespace: string) => {
    const result = await created(kube, pod, namespace);
    return result.ok ? { object: result.object, problem: '' } : { object: undefined, problem: result.problem };
  };

  test.each(namespaces)('is taken with the sidecar, in namespace $name', async ({ name, variants }) => {
    const counts = await inTurns(podsIn(variants), (pod) => compare(pod, name));
    const { both, neither, injected, faults } = counts;
    console.log(`${name}: ${both} taken before and after, ${injected} of them injected; ${neither} never taken`);
    expect(faults).toEqual([]);
    expect(both).toBeGreaterThan(0);
  });

  /** What is wrong with one pod, and whether it was taken and injected. */
  async function compare({ title, pod }: WrittenPod, name: string): Promise<Counts> {
    const [before, after] = [await create(pod, twinOf(name)), await create(pod, name)];
    const faults: string[] = [];
    const fault = (text: string) => faults.push(`${title}: ${text}`);
    if (before.object === undefined || after.object === undefined) {
      const isExpected = isDenied(after.problem) || title.startsWith(stripped);
      if (before.object !== undefined && !isExpected) fault(after.problem);
      return { both: 0, injected: 0, neither: before.object === undefined ? 1 : 0, faults };
    }
    const again = await create(anew(after.object), name);
    if (again.object === undefined) fault(`the second time: ${again.problem}`);
    else if (!same(again.object, after.object)) fault('the second pass changes it');
    // A pod of the corpus may wear what an earlier injection left.
    const [expected, undone] = [undo(before.object), undo(after.object)];
    if (
      isInjected(after.object) &&
      !title.startsWith(copied) &&
      !same(withoutLimitRanger(undone), withoutLimitRanger(expected))
    )
      fault(`uninject gives back another pod: ${differences(expected, undone)}`);
    return { both: 1, injected: isInjected(after.object) ? 1 : 0, neither: 0, faults };
  }
});

/** Eight at a time. */
async function inTurns(pods: readonly WrittenPod[], one: (pod: WrittenPod) => Promise<Counts>): Promise<Counts> {
  const results: Counts[] = [];
  let next = 0;
  const lane = async () => {
    while (next < pods.length) results.push(await one(pods[next++]!));
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  const sum = (key: 'both' | 'injected' | 'neither') => results.reduce((total, result) => total + result[key], 0);
  return {
    both: sum('both'),
    injected: sum('injected'),
    neither: sum('neither'),
    faults: results.flatMap(({ faults }) => faults),
  };
}

/** The pod itself demands to be refused rather than run without the sidecar. */
function isDenied(problem: string): boolean {
  return problem.includes('denied the request');
}

function isInjected(pod: JsonObject | undefined): boolean {
  return label.injected in (objectOf(objectOf(pod?.metadata)?.labels) ?? {});
}

function undo(pod: JsonObject): JsonObject {
  return patched(pod, { patch: uninjectPod(pod).patch });
}

function same(a: JsonObject, b: JsonObject): boolean {
  return isDeepStrictEqual(shape(a), shape(b));
}

/** A pod as its creator sees it, in whichever namespace. */
function shape(pod: JsonObject): JsonObject {
  const { status: _status, ...rest } = comparable(pod);
  return { ...rest, metadata: { ...objectOf(rest.metadata), namespace: '' } };
}

function differences(a: JsonObject, b: JsonObject): string {
  return JSON.stringify(jsonpatch.compare(shape(a), shape(b))).slice(0, 400);
}

/** LimitRanger writes into an annotation which containers it gave defaults, ours among them. */
function withoutLimitRanger(pod: JsonObject): JsonObject {
  const { 'kubernetes.io/limit-ranger': _limits, ...annotations } = objectOf(objectOf(pod.metadata)?.annotations) ?? {};
  return { ...pod, metadata: { ...objectOf(pod.metadata), annotations } };
}
