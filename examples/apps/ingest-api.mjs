// A web API of several processes (node:cluster). Each worker counts for itself and pushes what it has counted; the
// sidecar adds the workers up, also over those that ended.
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { hostname } from 'node:os';

const workers = Number(process.env.WORKERS ?? 3);
const port = Number(process.env.PORT ?? 8080);
const url = process.env.METRICS_SIDECAR_INGEST_URL ?? 'http://127.0.0.1:4888/v1/ingest';
const interval = Number(process.env.PUSH_INTERVAL_MS ?? 2000);

process.on('SIGTERM', () => process.exit());

if (cluster.isPrimary) lead();
else serve();

function lead() {
  for (let i = 0; i < workers; i++) cluster.fork();
  cluster.on('exit', () => cluster.fork());
  let listening = 0;
  cluster.on('listening', () => {
    if (++listening === workers) console.log(`${workers} workers serve port ${port}, pushing to ${url}`);
  });
}

function serve() {
  const requests = new Map();
  const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
  const buckets = new Array(bounds.length + 1).fill(0);
  let seconds = 0;
  let open = 0;

  const server = createServer((request, response) => {
    const started = performance.now();
    open++;
    response.once('close', () => {
      open--;
      const took = (performance.now() - started) / 1000;
      const bound = bounds.findIndex((upper) => took <= upper);
      buckets[bound === -1 ? bounds.length : bound]++;
      seconds += took;
      const key = `${request.method} ${response.statusCode}`;
      requests.set(key, (requests.get(key) ?? 0) + 1);
      // A worker that ends, as after a crash or a deployment: what it counted stays in the sum.
      if (request.url === '/end') push().finally(() => process.exit());
    });
    if (request.url === '/missing') response.writeHead(404).end('no such thing\n');
    else response.end(`hello from worker ${cluster.worker.id}\n`);
  });
  server.listen(port);

  // Who pushes: a worker that comes after another one must have another id.
  const _id = `${hostname()}-${process.pid}-${Date.now()}`;

  function families() {
    const name = 'http_request_duration_seconds';
    let sum = 0;
    const cumulative = buckets.map((count, i) => {
      sum += count;
      return {
        name: `${name}_bucket`,
        labels: { _id, le: i < bounds.length ? String(bounds[i]) : '+Inf' },
        value: sum,
      };
    });
    const row = (rowName, labels, value) => ({ name: rowName, labels: { _id, ...labels }, value });
    const counts = [...requests].map(([key, value]) => {
      const [method, status] = key.split(' ');
      return row('http_requests_total', { method, status }, value);
    });
    return [
      { name: 'http_requests_total', type: 'counter', help: 'Requests that were answered.', values: counts },
      {
        name,
        type: 'histogram',
        help: 'Time to answer.',
        values: [...cumulative, row(`${name}_sum`, {}, seconds), row(`${name}_count`, {}, sum)],
      },
      {
        name: 'http_requests_open',
        type: 'gauge',
        help: 'Requests under way.',
        values: [row('http_requests_open', { _aggregate: 'sum' }, open)],
      },
      {
        name: 'api_workers',
        type: 'gauge',
        help: 'Workers that run.',
        values: [row('api_workers', { _aggregate: 'sum' }, 1)],
      },
    ];
  }

  async function push() {
    const body = JSON.stringify(families().filter(({ values }) => values.length > 0));
    try {
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      if (!answer.ok) console.error(`push refused: ${answer.status} ${await answer.text()}`);
    } catch (error) {
      console.error(`push failed: ${error.cause?.code ?? error.message}`);
    }
  }
  push();
  setInterval(push, interval);
}
