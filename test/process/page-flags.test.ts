import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { type Program, start } from './program.ts';

const flags = ['--web.listen-address=127.0.0.1:0', '--shutdown.grace-period=0s', '--shutdown.scrape-wait=0s'];
const kinds = [
  ...['statsd', '--statsd.listen-udp=', '--statsd.listen-tcp=127.0.0.1:0'],
  ...['+', 'ingest', '--ingest.listen-address=127.0.0.1:0', '+', 'port-monitor', '+', 'haproxy'],
  '--haproxy.exporter-port=1',
];

async function baseOf(program: Program): Promise<string> {
  const { address } = (await program.said('ready')) as { address: { port: number } };
  return `http://127.0.0.1:${address.port}`;
}

/** Sends lines, and gives the page that has the last of them. */
async function pageWith(program: Program, lines: readonly string[], last: RegExp): Promise<string> {
  const { tcp } = (await program.said('statsd listens')) as { tcp: { port: number } };
  const base = await baseOf(program);
  const socket = connect(tcp.port, '127.0.0.1', () => socket.end(`${lines.join('\n')}\n`));
  for (;;) {
    const text = await (await fetch(`${base}/metrics`)).text();
    if (last.test(text)) return text;
  }
}

test('--no-web.own-metrics: a page of nothing but what came in, and our names are nobody else’s', async () => {
  await using program = start(['--no-web.own-metrics', ...flags, ...kinds]);
  const lines = ['statsd_exporter_lines_total:7|c', 'metrics_sidecar_series:7|g', 'orders:2|c'];
  const text = await pageWith(program, lines, /^orders 2$/m);
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
  expect(names.filter((name) => !name.startsWith('port_monitor_'))).toEqual(['orders']);
  expect(names).toContain('port_monitor_sockets_used');
  expect(names).not.toContain('port_monitor_read_errors_total');
});

test('--limit.values-per-label: what is over it is refused, counted and named', async () => {
  await using program = start(['--limit.values-per-label=2', ...flags, ...kinds]);
  const lines = ['hits:1|c|#path:/a', 'hits:1|c|#path:/b', 'hits:1|c|#path:/c', 'hits:1|c|#path:/a'];
  const text = await pageWith(program, lines, /^metrics_sidecar_refused_total\{reason="label_values_limit"\} 1$/m);
  expect(text.match(/^hits\{.*$/gm)).toEqual(['hits{path="/a"} 2', 'hits{path="/b"} 1']);
  expect(text).toMatch(/^statsd_exporter_events_error_total\{reason="label_values_limit"\} 1$/m);
});
