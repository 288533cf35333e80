import { describe, expect, test } from 'vitest';
import { linted } from '../set.ts';

const service = (annotations: string, selector = '{app: orders}', target: string | number = 8080) => `apiVersion: v1
kind: Service
metadata:
  name: orders
  annotations:
    ${annotations}
spec:
  selector: ${selector}
  ports: [{port: 80, targetPort: ${target}}]
`;
const pod = (annotations: string, name = 'orders', namespace = 'default', ports = '[{containerPort: 8080}]') => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, labels: {app: orders}, annotations: {${annotations}}}
spec: {containers: [{name: app, image: a:1, ports: ${ports}}]}
`;
const statsd = 'metrics-sidecar.io/inject: statsd';
const scrape = 'metrics-sidecar.io/scrape: "true"';
const route = 'haproxy.metrics-sidecar.io/route: "true"';
const haproxy = 'metrics-sidecar.io/inject: haproxy';
const takeover = `${haproxy}, haproxy.metrics-sidecar.io/takeover: "true"`;
const named = (name: string) => `[{name: ${name}, containerPort: 8080}]`;
const namedPod = (annotations: string, port: string, name = 'orders') => pod(annotations, name, 'default', named(port));

test.each([
  ['reaches', service(scrape) + pod(statsd)],
  ['its pods are elsewhere', service(scrape)],
  ['selects others', service(scrape, '{app: carts}') + pod('a: b')],
  ['of another namespace', service(scrape) + pod('a: b', 'orders', 'shop')],
  ['goes through haproxy', service(route, undefined, 'http') + namedPod(takeover, 'http')],
  ['asks for nothing', service('a: b') + pod('a: b')],
  ['says no', service('metrics-sidecar.io/scrape: "false"') + pod('a: b')],
])('nothing is wrong: %s', async (_, text) => {
  expect(await linted(text)).toEqual([]);
});

test.each([
  [
    'no pod is injected',
    service(scrape) + pod('a: b'),
    'service_without_sidecar',
    'metrics-sidecar.io/scrape: no pod behind the Service is injected: Pod/orders',
    'Annotate the pods, or drop the annotation.',
  ],
  [
    'no pod has haproxy',
    service(route, undefined, 'http') + pod(statsd),
    'service_without_sidecar',
    'haproxy.metrics-sidecar.io/route: no pod behind the Service is injected: Pod/orders, not with haproxy',
    'Ask for haproxy on the pods, or drop the annotation.',
  ],
  [
    'the pods listen elsewhere',
    service(scrape) + pod(`${statsd}, metrics-sidecar.io/metrics-port: "9300"`),
    'service_other_port',
    'metrics-sidecar.io/scrape: the pods behind the Service listen on another port: Pod/orders on 9300, not 9102',
    'Write metrics-sidecar.io/scrape-port: "9300".',
  ],
  [
    'the pods listen on different ports',
    service(scrape) + pod(`${statsd}, metrics-sidecar.io/metrics-port: "9300"`) + pod(statsd, 'carts'),
    'service_other_port',
    'metrics-sidecar.io/scrape: the pods behind the Service listen on another port: Pod/orders on 9300, not 9102',
    'Give all pods behind the Service the same metrics-sidecar.io/metrics-port.',
  ],
])('%s', async (_, text, code, sentence, advice) => {
  const object = 'Service/orders';
  expect(await linted(text)).toMatchObject([{ line: 6, column: 5, object, code, sentence, advice }]);
});

describe('a route with a number', () => {
  const take = 'haproxy.metrics-sidecar.io/takeover: "true" and haproxy.metrics-sidecar.io/app-port';
  const write = 'write targetPort: http in the Service';

  test.each([
    [
      'the pods do not name it',
      pod(haproxy),
      `Write {name: http, containerPort: 8080} under the ports of container app in Pod/orders, and ${take}: "http"; roll it out; then ${write}.`,
    ],
    [
      'the pods do not declare it',
      pod(`${haproxy}, haproxy.metrics-sidecar.io/app-port: "8080"`, 'orders', 'default', 'null'),
      `Write {name: http, containerPort: 8080} under the ports of container app in Pod/orders, and ${take}: "http"; roll it out; then ${write}.`,
    ],
    [
      'one of two pods does not name it',
      namedPod(takeover, 'web') + pod(haproxy, 'second'),
      `Write {name: web, containerPort: 8080} under the ports of container app in Pod/second, and ${take}: "web"; roll it out; then write targetPort: web in the Service.`,
    ],
    [
      'the pods name it and do not take it over',
      namedPod(haproxy, 'http'),
      `Write ${take}: "http" on the pods; ${write}, once the pods that run have the name.`,
    ],
    [
      'the pods take it over',
      namedPod(takeover, 'http'),
      'Write targetPort: http in the Service, once the pods that run have the name.',
    ],
    [
      'the usual name is another port’s',
      pod(haproxy, 'orders', 'default', '[{containerPort: 8080}, {name: http, containerPort: 9090}]'),
      `Write {name: http-8080, containerPort: 8080} under the ports of container app in Pod/orders, and ${take}: "http-8080"; roll it out; then write targetPort: http-8080 in the Service.`,
    ],
  ])('has the edits as advice, once: %s', async (_, pods, advice) => {
    expect(await linted(service(route) + pods)).toMatchObject([
      { line: 9, column: 22, code: 'service_number', advice },
    ]);
  });

  test('of HAProxy itself', async () => {
    const found = await linted(service(route, undefined, 18000) + namedPod(takeover, 'http'));
    expect(found).toMatchObject([{ line: 9, code: 'service_proxy_number' }]);
  });
});

describe('a route with a name', () => {
  test.each([
    ['a pod has no such port', namedPod(takeover, 'http') + pod('a: b', 'plain'), 'service_port_missing', 'Pod/plain'],
    [
      'a pod has it for UDP',
      namedPod(takeover, 'http') + pod('a: b', 'plain', 'default', '[{name: http, containerPort: 1, protocol: UDP}]'),
      'service_port_missing',
      'Pod/plain',
    ],
    [
      'a pod takes nothing over',
      namedPod(takeover, 'http') + namedPod(haproxy, 'http', 'second'),
      'service_past_haproxy',
      'Pod/second',
    ],
    [
      'the pods take another one over',
      pod(takeover, 'orders', 'default', '[{name: admin, containerPort: 1}, {name: http, containerPort: 2}]'),
      'service_past_haproxy',
      'Pod/orders',
    ],
  ])('%s', async (_, pods, code, name) => {
    const found = await linted(service(route, undefined, 'http') + pods);
    expect(found).toMatchObject([{ line: 9, column: 22, code }]);
    expect(found[0]!.sentence).toMatch(new RegExp(`: "http", ${name}$`));
  });

  test('a pod without HAProxy that has the port is right: it answers itself', async () => {
    expect(
      await linted(service(route, undefined, 'http') + namedPod(takeover, 'http') + namedPod('a: b', 'http', 'plain')),
    ).toEqual([]);
  });
});

test('the port that the Service sets, and the one that the settings file gives the pods', async () => {
  const set = service(`${scrape}\n    metrics-sidecar.io/scrape-port: "9300"`) + pod(statsd);
  expect(await linted(set)).toMatchObject([{ line: 7, code: 'service_other_port' }]);
  const defaults = { 'metrics-sidecar.io/metrics-port': '9400' };
  expect(await linted(service(scrape) + pod(statsd), { defaults })).toEqual([]);
});

test('a pod that was injected before says itself where it listens', async () => {
  const status = '{"version":"1.0.0","injected":true,"kinds":["statsd"],"ports":{"metrics":9500}}';
  const injected = `---
apiVersion: v1
kind: Pod
metadata:
  name: orders
  labels: {app: orders}
  annotations:
    metrics-sidecar.io/inject: statsd
    metrics-sidecar.io/status: '${status}'
spec:
  initContainers: [{name: metrics-sidecar, image: b:1, restartPolicy: Always}]
  containers: [{name: app, image: a:1}]
`;
  const found = await linted(service(scrape) + injected);
  expect(found.map(({ advice }) => advice)).toEqual(['Write metrics-sidecar.io/scrape-port: "9500".']);
});
