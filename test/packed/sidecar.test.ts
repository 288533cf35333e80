import { once } from 'node:events';
import { connect } from 'node:net';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, inject, test } from 'vitest';
import { run, start } from './program.ts';

const loopback = '127.0.0.1:0';

test('a sidecar of every kind takes lines and pushes, serves each format and its pages, and ends', async () => {
  await using sidecar = start([
    ...[`--web.listen-address=${loopback}`, '--shutdown.grace-period=0s'],
    ...['statsd', `--statsd.listen-udp=${loopback}`, `--statsd.listen-tcp=${loopback}`],
    ...['+', 'ingest', `--ingest.listen-address=${loopback}`, '+', 'port-monitor', '+', 'haproxy'],
  ]);
  const page = `http://127.0.0.1:${portOf((await sidecar.said('ready'))['address'])}`;
  const tcp = connect(portOf((await sidecar.said('statsd listens'))['tcp']), '127.0.0.1');
  tcp.end('orders_done:3|c|#queue:eu\norders_time:20|ms\n');
  await once(tcp, 'close');
  const ingest = `http://127.0.0.1:${portOf(await sidecar.said('ingest listens'))}/v1/ingest`;
  const push = (encoding: string, body: Uint8Array<ArrayBuffer>) =>
    fetch(ingest, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': encoding },
      body,
    });
  const body = JSON.stringify({ jobs: { _type: 'counter', _help: 'jobs', _metrics: [{ value: 4 }] } });
  const statuses = await Promise.all([
    push('gzip', new Uint8Array(gzipSync(body))),
    push('deflate', new Uint8Array(deflateSync(body))),
  ]);
  for (const answer of statuses) expect([400, 200]).toContain(answer.status);
  const zstd = await push('zstd', new Uint8Array(zstdCompressSync(body)));
  // Only from Node 22.15 on.
  if (zstd.status === 415) expect(await zstd.text()).toContain('zstd needs Node 22.15');
  else expect(zstd.status).toBe(statuses[0]!.status);

  const formats = ['text/plain;version=0.0.4', 'application/openmetrics-text;version=1.0.0'];
  for (const accept of formats) {
    const text = await (await fetch(`${page}/metrics`, { headers: { accept } })).text();
    expect(text).toContain('orders_done{queue="eu"} 3');
    expect(text).toContain('port_monitor_');
  }
  const protobuf = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';
  expect((await fetch(`${page}/metrics`, { headers: { accept: protobuf } })).status).toBe(200);
  for (const path of ['/', '/-/ready', '/debug/mappings', '/debug/explain', '/debug/explain?line=a:1%7Cc'])
    expect((await fetch(page + path)).status, path).toBe(200);
  expect(await sidecar.stop()).toBe(0);
});

test.runIf(inject('packed').major < 22)('a port shared among sockets: the sentence says which Node can', async () => {
  const args = ['statsd', `--web.listen-address=${loopback}`, `--statsd.listen-udp=${loopback}`];
  const ended = await run([...args, '--statsd.listen-tcp=', '--statsd.udp-workers=2']);
  expect(ended.code).toBe(3);
  expect(ended.out + ended.err).toContain('cannot share a UDP port among sockets (22.12 can)');
});

function portOf(fields: unknown): number {
  return (fields as { readonly port: number }).port;
}
