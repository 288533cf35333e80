import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeImage } from '../apps.ts';
import { installChart, scale, uninstallChart } from '../chart.ts';
import { apply, get, kubectl, must } from '../kubectl.ts';
import { clientPod, type RequestCounts, requestCounts, requestsSince } from '../requests.ts';

const namespace = 'route';
const p = 'metrics-sidecar.io';
const takeover = { [`${p}/inject`]: 'haproxy', [`haproxy.${p}/takeover`]: 'true' };
const route = { [`haproxy.${p}/route`]: 'true' };

/** After it was told to stop it goes on until no client has asked for a second: the pod is in no Service any more. */
const program = `
let asked = 0;
require('http').createServer((request, response) => {
  if (request.url === '/') asked = Date.now();
  response.setHeader('x-asked-by', request.headers['x-request-id'] === undefined ? 'client' : 'haproxy');
  response.end('ok');
}).listen(8080);
process.on('SIGTERM', () => {
  asked = Date.now();
  setInterval(() => Date.now() - asked > 1000 && process.exit(), 100);
});`;

/** Two pods, or one; all are replaced at once, the new ones first. Its probe uses the name that HAProxy takes over. */
function deployment(name: string, annotations: object, replicas = 2): object {
  const labels = { deployment: name };
  const container = {
    name: 'app',
    image: nodeImage,
    imagePullPolicy: 'IfNotPresent',
    command: ['node', '-e', program],
    ports: [{ name: 'http', containerPort: 8080 }],
    readinessProbe: { httpGet: { port: 'http', path: '/ready' }, periodSeconds: 1 },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      strategy: { rollingUpdate: { maxSurge: '100%', maxUnavailable: 0 } },
      template: {
        metadata: { labels: { ...labels, group: 'all' }, annotations },
        spec: { terminationGracePeriodSeconds: 20, containers: [container] },
      },
    },
  };
}

interface Service {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly clusterIP: string; readonly ports: readonly { targetPort: unknown; nodePort?: number }[] };
}

function service(name: string, targetPort: number | string, selector: object, more: object = {}): object {
  const metadata = { name, namespace, annotations: route };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { selector, ports: [{ port: 80, targetPort }], ...more },
  };
}

const services = [
  service('number', 8080, { deployment: 'app' }),
  service('name', 'http', { deployment: 'app' }),
  service('on-nodes', 'http', { deployment: 'app' }, { type: 'NodePort' }),
  service('mixed', 'http', { group: 'all' }),
];

const rolledOut = (name: string) =>
  must(['rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=120s']);

async function restarted(): Promise<void> {
  await must(['rollout', 'restart', 'deployment/app', '-n', namespace]);
  await rolledOut('app');
}

/** Runs a step and holds that no request failed from the end of the step before until some seconds after this one. */
let counted: Readonly<Record<string, RequestCounts>>;
async function without(step: string, run?: () => Promise<unknown>): Promise<Readonly<Record<string, RequestCounts>>> {
  await run?.();
  // The pods of before end within three seconds.
  const { now, since } = await requestsSince(counted, namespace, run === undefined ? 20 : 75);
  counted = now;
  const told = Object.entries(since).map(
    ([name, { asked, failed, proxied }]) => `${name} ${failed}/${asked} (${proxied})`,
  );
  console.log(`route, ${step}: failed/asked (through HAProxy): ${told.join(', ')}`);
  for (const { failures } of Object.values(since)) expect(failures).toEqual({});
  return since;
}

describe.skipIf(inject('missing'))('Services that lead through HAProxy', () => {
  beforeAll(async () => {
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  });
  afterAll(async () => {
    await must(['delete', 'namespace', namespace, '--wait=false']);
    await installChart();
  });

  test('stay as they are applied, before their pods are there; a number gets a warning', async () => {
    const { err } = await apply(services);
    expect(err.match(/a number leads past HAProxy: 8080/g)).toHaveLength(1);
    const number = await get<Service>('service', 'number', namespace);
    expect(number.spec.ports[0]!.targetPort).toBe(8080);
    expect(number.metadata.annotations).not.toHaveProperty(`${p}/status`);
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: services });
    expect(await kubectl(['diff', '-f', '-'], list)).toMatchObject({ code: 0, out: '' });
  });

  test('lose no request by rollouts, without the webhook, with mixed pods, by an uninstall', async () => {
    await apply([deployment('app', {}), deployment('plain', {}, 1)]);
    await Promise.all([rolledOut('app'), rolledOut('plain')]);
    await startClient();

    const injected = await without('rollout to pods with HAProxy', async () => {
      await apply([deployment('app', takeover)]);
      await rolledOut('app');
    });
    for (const name of ['name', 'on-nodes', 'mixed']) expect(injected[name]!.proxied, name).toBeGreaterThan(0);
    const between = await without('the pods as they are');
    for (const name of ['name', 'on-nodes']) expect(between[name]!.proxied, name).toBe(between[name]!.answered);
    expect(between.number!.proxied).toBe(0);
    expect(between.mixed!.proxied).toBeLessThan(between.mixed!.answered);

    await scale(0);
    await without('rollout while the webhook is away', restarted);
    expect((await without('the pods as they are')).name!.proxied).toBe(0);

    await scale(2);
    await without('rollout after it is back', restarted);
    expect((await without('the pods as they are')).name!.proxied).toBeGreaterThan(0);

    await uninstallChart();
    await without('rollout after the uninstall', restarted);
    expect((await without('the pods as they are')).name!.proxied).toBe(0);
  });
});

async function startClient(): Promise<void> {
  const address = async (name: string) => (await get<Service>('service', name, namespace)).spec;
  const targets: Record<string, string> = {};
  for (const name of ['number', 'name', 'mixed']) targets[name] = `http://${(await address(name)).clusterIP}/`;
  const { out: node } = await must([
    ...['get', 'nodes', '-o', 'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}'],
  ]);
  targets['on-nodes'] = `http://${node}:${(await address('on-nodes')).ports[0]!.nodePort}/`;
  await apply([clientPod(namespace, targets)]);
  await must(['wait', 'pod/client', '-n', namespace, '--for=condition=Ready', '--timeout=60s']);
  counted = await requestCounts(namespace);
}
