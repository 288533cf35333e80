import { deployment } from './apps.ts';
import type { KubernetesObject } from './kubectl.ts';

/**
 * An application that does everything that a dashboard shows, right and wrong: it serves a page of its own to be
 * merged, goes through HAProxy to itself and to an upstream that is not there, sends statsd of every kind, and pushes
 * as processes that disagree with each other.
 */
const program = String.raw`
const { createServer } = require('node:http');
const socket = require('node:dgram').createSocket('udp4');
const { STATSD_HOST: host, STATSD_PORT: port, METRICS_SIDECAR_INGEST_URL: url, NOWHERE_URL: nowhere } = process.env;
socket.on('error', () => {});
createServer((request, response) => response.end(request.url === '/metrics' ? 'app_orders 1\n' : 'hello')).listen(8080);

const quietly = (promise) => promise.catch(() => {});
const lines = ['orders:1|c|#queue:eu', 'waiting:3|g', 'took:250|ms', 'no line', 'bad:value|c', 'dual:1|c', 'dual:1|g', 'orders:1|c|#:'];
const push = (body, headers = {}) => quietly(fetch(url, {
  method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body),
}));
const family = (name, type, labels, value, rest = {}) => ({ name, type, help: rest.help ?? name, ...rest,
  values: [{ name, labels, value }] });
const histogram = (id, bounds) => ({ name: 'sizes', type: 'histogram', help: 'Sizes.', values: [
  ...bounds.map((le, i) => ({ name: 'sizes_bucket', labels: { _id: id, le }, value: i + 1 })),
  { name: 'sizes_count', labels: { _id: id }, value: bounds.length }, { name: 'sizes_sum', labels: { _id: id }, value: 3 } ] });

let round = 0;
setInterval(() => {
  round++;
  for (const line of lines) socket.send(line, +port, host);
  push([family('jobs_total', 'counter', { _id: 'steady', kind: 'mail' }, round)]);
  // A process that starts over and over: its counter falls, and what it pushes next confirms it.
  push([family('restarts_total', 'counter', { _id: 'restarting' }, 1 + round % 4)]);
  // Two processes under one name.
  push([family('shared_total', 'counter', { _id: 'shared' }, round % 2 === 0 ? 1000 : 1)]);
  push([family('temperature', 'gauge', { _id: 'a' }, 1, { aggregate: 'max' })]);
  push([family('temperature', 'gauge', { _id: 'b' }, 2, { aggregate: 'min', help: 'Something else.' })]);
  push([histogram('a', ['1', '+Inf'])]);
  push([histogram('b', ['1', '2', '+Inf'])]);
  push([histogram('c', ['1', '3', '+Inf'])]);
  push([family('no name', 'counter', {}, 1)]);
  // A process that is older than its sidecar.
  push([family('old_total', 'counter', {}, 1000 + round)], { 'x-ingest-client': 'old', 'x-ingest-start': '1000000000' });
  // Silent for longer than the client TTL, then back.
  if (round % 10 === 1) push([family('visits_total', 'counter', { _id: 'visitor' }, round)]);
  for (const target of ['http://127.0.0.1:18000/', nowhere]) quietly(fetch(target).then((answer) => answer.text()));
}, 500);`;

/** @param name of the Deployment; it asks for all four kinds */
export function troublemaker(name: string, namespace: string): KubernetesObject {
  const annotations = {
    'metrics-sidecar.io/inject': 'statsd,ingest,port-monitor,haproxy',
    'metrics-sidecar.io/merge-app-metrics': 'true',
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': '8080',
    'ingest.metrics-sidecar.io/client-ttl': '2s',
    'statsd.metrics-sidecar.io/mapping': 'mappings:\n- match: waiting\n  name: waiting\n',
    'haproxy.metrics-sidecar.io/app-port': '8080',
    'haproxy.metrics-sidecar.io/upstreams': 'nowhere=http://127.0.0.1:9',
  };
  const object = deployment({ name, namespace, annotations, programs: ['http'] });
  const { containers } = (object.spec as { template: { spec: { containers: { command: string[] }[] } } }).template.spec;
  containers[0]!.command = ['node', '-e', `process.on('SIGTERM', () => process.exit());${program}`];
  return object;
}
