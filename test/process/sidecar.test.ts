import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type Program, start } from './program.ts';

const loopback = ['--web.listen-address=127.0.0.1:0', '--shutdown.grace-period=0s'];
const everything = [
  ...loopback,
  ...['statsd', '--statsd.listen-udp=127.0.0.1:0', '--statsd.listen-tcp=127.0.0.1:0'],
  ...['+', 'ingest', '--ingest.listen-address=127.0.0.1:0', '--ingest.cold-start=0s'],
  ...['+', 'port-monitor', '+', 'haproxy', '--haproxy.exporter-port=1'],
];

async function ready(program: Program): Promise<string> {
  const { address } = (await program.said('ready')) as { address: { host: string; port: number } };
  return `http://127.0.0.1:${address.port}`;
}

const page = async (base: string, path = '/metrics') => (await fetch(`${base}${path}`)).text();

describe('all kinds in one process', () => {
  test('one page has what came in by every way', async () => {
    await using program = start(everything);
    const base = await ready(program);
    const tcp = (await program.said('statsd listens')) as { tcp?: { port: number }; udp?: { port: number } };
    await new Promise<void>((resolve, reject) => {
      const socket = connect(tcp.tcp!.port, '127.0.0.1', () => socket.end('orders:2|c\norders:3|c\n'));
      socket.once('close', () => resolve()).once('error', reject);
    });
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => udp.send('waiting:4|g', tcp.udp!.port, '127.0.0.1', () => resolve()));
    udp.close();
    const ingest = (await program.said('ingest listens')) as { port: number };
    const answer = await fetch(`http://127.0.0.1:${ingest.port}/v1/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([
        { name: 'jobs_total', type: 'counter', help: '', values: [{ name: 'jobs_total', labels: {}, value: 5 }] },
      ]),
    });
    expect([answer.status, await answer.text()]).toEqual([200, 'true']);
    // The datagram is on the page when its own counter says that it was read.
    let text = await page(base);
    while (!text.includes('statsd_exporter_udp_packets_total 1')) text = await page(base);
    expect(text).toMatch(/^orders 5$/m);
    expect(text).toMatch(/^waiting 4$/m);
    expect(text).toMatch(/^jobs_total 5$/m);
    expect(text).toMatch(/^port_monitor_ephemeral_ports_usable \d+$/m);
    expect(text).toMatch(/^haproxy_sidecar_up 0$/m);
    expect(text).toMatch(/^metrics_sidecar_build_info\{version="[^"]+"\} 1$/m);
  });

  test('health, readiness, landing page, and an end with 0 on SIGTERM', async () => {
    await using program = start(everything);
    const base = await ready(program);
    expect((await fetch(`${base}/-/healthy`)).status).toBe(200);
    expect((await fetch(`${base}/-/ready`)).status).toBe(200);
    expect(await page(base, '/')).toContain('--statsd.listen-udp');
    expect((await fetch(`${base}/-/reload`, { method: 'POST' })).status).toBe(403);
    expect(await program.stop()).toBe(0);
    expect(program.errors()).toBe('');
  });

  test('in the grace period it is not ready, but still takes data and serves its page', async () => {
    const args = everything.map((argument) =>
      argument.startsWith('--shutdown') ? '--shutdown.grace-period=10m' : argument,
    );
    await using program = start(args);
    const base = await ready(program);
    program.child.kill('SIGTERM');
    await program.said('stopping');
    expect((await fetch(`${base}/-/ready`)).status).toBe(503);
    expect((await fetch(`${base}/-/healthy`)).status).toBe(200);
    expect(await page(base)).toContain('metrics_sidecar_build_info');
    // Whoever asks a second time does not want to wait.
    expect(await program.stop('SIGINT')).toBe(130);
  });

  test('POST /-/quit ends it where the lifecycle is enabled', async () => {
    await using program = start(['--web.enable-lifecycle', ...everything]);
    const base = await ready(program);
    expect((await fetch(`${base}/-/reload`, { method: 'POST' })).status).toBe(200);
    const stopped = program.said('stopped');
    expect((await fetch(`${base}/-/quit`, { method: 'POST' })).status).toBe(200);
    await stopped;
  });
});
