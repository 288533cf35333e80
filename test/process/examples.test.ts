import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../free-port.ts';

const root = join(import.meta.dirname, '../..');
const running: ChildProcess[] = [];
let ports: { app: number; statsd: number; ingest: number; web: number };

beforeEach(async () => {
  ports = { app: await freePort(), statsd: await freePort(), ingest: await freePort(), web: await freePort() };
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(stop));
});

/** Ends a process by SIGTERM; how it ended. */
async function stop(child: ChildProcess): Promise<{ code: number | null; milliseconds: number }> {
  const started = performance.now();
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  }
  return { code: child.exitCode, milliseconds: performance.now() - started };
}

/** Starts a program; comes back with its first line of output that fits. */
async function start(args: readonly string[], up: RegExp, env: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const lines = createInterface(child.stdout);
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => up.test(line) && resolve());
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}`)));
  });
  return child;
}

/** The sidecar, as it would be injected, and the program of examples/apps beside it. */
async function both(kinds: string, app: string, up: RegExp, env: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
  const flags: Record<string, string[]> = {
    statsd: [`--statsd.listen-udp=127.0.0.1:${ports.statsd}`, '--statsd.listen-tcp='],
    ingest: [`--ingest.listen-address=127.0.0.1:${ports.ingest}`, '--ingest.cold-start=0s'],
  };
  const segments = kinds.split(',').flatMap((kind, i) => [...(i ? ['+'] : []), kind, ...(flags[kind] ?? [])]);
  const shared = [
    `--web.listen-address=127.0.0.1:${ports.web}`,
    '--shutdown.grace-period=0s',
    '--shutdown.scrape-wait=0s',
  ];
  await start(['src/main.ts', ...shared, ...segments], /"message":"ready"/);
  return start([join('examples/apps', app)], up, {
    PORT: String(ports.app),
    STATSD_HOST: '127.0.0.1',
    STATSD_PORT: String(ports.statsd),
    METRICS_SIDECAR_INGEST_URL: `http://127.0.0.1:${ports.ingest}/v1/ingest`,
    ...env,
  });
}

/** The value of a series on the sidecar's page; its labels as the page writes them. */
async function value(series: string): Promise<number | undefined> {
  const page = await (await fetch(`http://127.0.0.1:${ports.web}/metrics`)).text();
  const line = page.split('\n').find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

const shows = (series: string) => expect.poll(() => value(series), { timeout: 60_000, interval: 50 });
const ask = async (path: string, options: RequestInit = {}) => {
  const response = await fetch(`http://127.0.0.1:${ports.app}${path}`, options);
  return { status: response.status, text: await response.text() };
};

async function stopsAtOnce(app: ChildProcess): Promise<void> {
  const { code, milliseconds } = await stop(app);
  expect(code).toBe(0);
  // The server of an application that waited for its connections would take 5 seconds: Node's keep-alive.
  expect(milliseconds).toBeLessThan(4000);
}

describe('examples/apps beside a sidecar', () => {
  test('statsd-app.mjs', async () => {
    const app = await both('statsd,ingest', 'statsd-app.mjs', /^consuming orders/, { ORDERS_PER_SECOND: '100' });
    for (const queue of ['eu', 'us', 'asia']) await shows(`orders_done{queue="${queue}"}`).toBeGreaterThan(3);
    await shows('orders_time_count{queue="eu"}').toBeGreaterThan(3);
    await shows('orders_failed{queue="asia"}').toBeGreaterThan(0);
    await shows('orders_waiting').toBeGreaterThanOrEqual(0);
    await shows('orders_consumer_info{version="1.4.2"}').toBe(1);
    await stopsAtOnce(app);
  });

  test('ingest-api.mjs: the workers add up, also after one of them ended', async () => {
    const env = { WORKERS: '2', PUSH_INTERVAL_MS: '100' };
    const app = await both('ingest', 'ingest-api.mjs', /^2 workers serve/, env);
    for (let i = 0; i < 10; i++) expect((await ask('/')).status).toBe(200);
    expect((await ask('/missing')).status).toBe(404);
    await shows('http_requests_total{method="GET",status="200"}').toBe(10);
    await shows('http_requests_total{method="GET",status="404"}').toBe(1);
    await shows('http_request_duration_seconds_count').toBe(11);
    await shows('http_request_duration_seconds_bucket{le="+Inf"}').toBe(11);
    await shows('api_workers').toBe(2);

    await ask('/end');
    await shows('http_requests_total{method="GET",status="200"}').toBe(11);
    await expect.poll(() => ask('/').then(({ status }) => status, String), { timeout: 60_000 }).toBe(200);
    await shows('http_requests_total{method="GET",status="200"}').toBe(12);
    await stopsAtOnce(app);
  });

  test('port-monitor.mjs', async () => {
    const app = await both('port-monitor', 'port-monitor.mjs', /^crawling/, { PAGES_PER_SECOND: '100' });
    await shows('port_monitor_ephemeral_ports_usable').toBeGreaterThan(0);
    expect((await ask('/page/3')).text).toContain('/page/7');
    await stopsAtOnce(app);
  });

  test('haproxy-legacy.mjs', async () => {
    const app = await both('haproxy', 'haproxy-legacy.mjs', /^legacy service/);
    expect(await ask('/')).toEqual({ status: 200, text: 'legacy\n' });
    expect(await ask('/api/users/7')).toEqual({ status: 200, text: '{"user":"7"}\n' });
    expect(await ask('/api/orders')).toEqual({ status: 200, text: '[]\n' });
    expect((await ask('/broken')).status).toBe(500);
    expect((await ask('/nothing')).status).toBe(404);
    // HAProxy itself is no part of this test.
    expect(await value('haproxy_sidecar_up')).toBe(0);
    await stopsAtOnce(app);
  });

  test('all-kinds.mjs', async () => {
    const app = await both('statsd,ingest,port-monitor,haproxy', 'all-kinds.mjs', /^shop on port/);
    for (let i = 0; i < 3; i++) await ask('/carts/ann', { method: 'POST' });
    await ask('/carts/bob', { method: 'POST' });
    await ask('/checkout/ann', { method: 'POST' });
    await shows('shop_cart_items').toBe(4);
    await shows('shop_checkout{filled="true"}').toBe(1);
    await shows('shop_carts').toBe(1);
    await shows('shop_items_sold_total').toBe(3);
    await stopsAtOnce(app);
  });

  test('job.mjs ends by itself, and all that it sent is there', async () => {
    const app = await both('statsd', 'job.mjs', /^importing 40 records/, { RECORDS: '40' });
    if (app.exitCode === null) await once(app, 'exit');
    expect(app.exitCode).toBe(0);
    await shows('import_records{result="stored"}').toBe(36);
    await shows('import_records{result="skipped"}').toBe(4);
    await shows('import_finished').toBeGreaterThan(1.7e9);
  });

  test('daemonset.mjs', async () => {
    const app = await both('statsd', 'daemonset.mjs', /^reporting/, { INTERVAL_MS: '100' });
    await shows('node_agent_reports').toBeGreaterThan(1);
    await shows('node_agent_memory_bytes').toBeGreaterThan(0);
    await shows('node_agent_load{minutes="15"}').toBeGreaterThanOrEqual(0);
    await stopsAtOnce(app);
  });
});
