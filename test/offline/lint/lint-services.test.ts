import { expect, test } from 'vitest';
import { linted } from '../set.ts';

const service = (annotations: string, selector = '{app: orders}') => `apiVersion: v1
kind: Service
metadata:
  name: orders
  annotations:
    ${annotations}
spec:
  selector: ${selector}
  ports: [{port: 80, targetPort: 8080}]
`;
const pod = (annotations: string, name = 'orders', namespace = 'default') => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, labels: {app: orders}, annotations: {${annotations}}}
spec: {containers: [{name: app, image: a:1, ports: [{containerPort: 8080}]}]}
`;
const statsd = 'metrics-sidecar.io/inject: statsd';
const scrape = 'metrics-sidecar.io/scrape: "true"';
const route = 'haproxy.metrics-sidecar.io/route: "true"';

test.each([
  ['reaches', service(scrape) + pod(statsd)],
  ['its pods are elsewhere', service(scrape)],
  ['selects others', service(scrape, '{app: carts}') + pod('a: b')],
  ['of another namespace', service(scrape) + pod('a: b', 'orders', 'shop')],
  ['goes through haproxy', service(route) + pod('metrics-sidecar.io/inject: haproxy')],
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
    service(route) + pod(statsd),
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
