import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { sendTcp, sendUdp, startRuntime } from './runtime.ts';

describe('starting', () => {
  test('nothing to listen on', async () => {
    await expect(startRuntime(['--statsd.listen-udp=', '--statsd.listen-tcp='])).rejects.toThrow(
      '--statsd.listen-udp and --statsd.listen-tcp are both empty',
    );
  });

  test('an address in use, UDP or TCP, is a problem that names the flag', async () => {
    const udp = createSocket('udp4').bind(0, '127.0.0.1');
    const tcp = createServer().listen(0, '127.0.0.1');
    await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
    const { port } = tcp.address() as { port: number };
    await expect(startRuntime([`--statsd.listen-udp=127.0.0.1:${udp.address().port}`])).rejects.toThrow(
      /^--statsd.listen-udp=127.0.0.1:\d+: .*EADDRINUSE/,
    );
    await expect(startRuntime([`--statsd.listen-tcp=127.0.0.1:${port}`])).rejects.toThrow(
      /^--statsd.listen-tcp=127.0.0.1:\d+: .*EADDRINUSE/,
    );
    udp.close();
    tcp.close();
  });

  test('one of the two is enough', async () => {
    const udp = await startRuntime(['--statsd.listen-tcp=']);
    await sendUdp(udp.udp, ['a:1|c']);
    await udp.reached('a', 1);
    await udp.runtime.stop();
    const tcp = await startRuntime(['--statsd.listen-udp=']);
    await sendTcp(tcp.tcp, 'a:1|c');
    await tcp.reached('a', 1);
    await tcp.runtime.stop();
  });

  test('a mapping file is not read yet, and that is said', async () => {
    const { runtime, warnings } = await startRuntime(['--statsd.mapping-config=/nowhere/mapping.yml']);
    expect(warnings).toEqual(['statsd: --statsd.mapping-config: this version applies no mapping']);
    expect(runtime.landing()[0]!.rows).toContainEqual([
      'Mapping',
      '/nowhere/mapping.yml: this version applies no mapping',
    ]);
    await runtime.stop();
  });

  test('the own metrics without labels are there from the start', async () => {
    const { runtime, value } = await startRuntime();
    for (const name of [
      'lines_total',
      'samples_total',
      'udp_packets_total',
      'tcp_connections_total',
      'loaded_mappings',
    ]) {
      expect(await value(`statsd_exporter_${name}`)).toBe(0);
    }
    expect(await value('statsd_exporter_sample_errors_total{reason="malformed_line"}')).toBe(0);
    await runtime.stop();
  });
});

test('the landing page shows what was refused', async () => {
  const { runtime, udp, reached } = await startRuntime();
  await sendUdp(udp, ['a:1|c\na:1|g\nbad']);
  await reached('statsd_exporter_lines_total', 3);
  expect(runtime.landing()[1]).toEqual({
    title: 'statsd: refused',
    rows: [
      ['malformed_line', '1'],
      ['conflict: gauge a', '1'],
    ],
  });
  await runtime.stop();
});

test('draining takes what lies in the sockets, and then nothing more', async () => {
  const { runtime, udp, tcp, value } = await startRuntime();
  const socket = connect(tcp, '127.0.0.1');
  await once(socket, 'connect');
  await Promise.all([
    sendUdp(
      udp,
      Array.from({ length: 150 }, () => 'u:1|c'),
    ),
    new Promise((resolve) => socket.write('t:1|c\n'.repeat(30_000), resolve)),
  ]);
  const closed = once(socket, 'close');
  await runtime.drain!();
  await closed;
  expect(await value('u')).toBe(150);
  expect(await value('t')).toBe(30_000);
  await sendUdp(udp, ['u:1|c']);
  expect(await value('u')).toBe(150);
  await runtime.stop();
});

test('connections and long lines on TCP are counted', async () => {
  const { runtime, tcp, value, reached } = await startRuntime(['--statsd.tcp-line-limit=64']);
  await sendTcp(tcp, `a:1|c\n${'x'.repeat(70)}:1|c\na:1|c\n${'y'.repeat(100)}`);
  await sendTcp(tcp, 'a:1|c\n');
  await reached('a', 3);
  expect(await value('statsd_exporter_tcp_connections_total')).toBe(2);
  expect(await value('statsd_exporter_tcp_too_long_lines_total')).toBe(2);
  expect(await value('statsd_exporter_lines_total')).toBe(3);
  await runtime.stop();
});

test('what the kernel dropped is on the page', async () => {
  const { runtime, value } = await startRuntime();
  if (process.platform === 'linux') expect(await value('statsd_exporter_udp_packet_drops_total')).toBe(0);
  await runtime.stop();
});
