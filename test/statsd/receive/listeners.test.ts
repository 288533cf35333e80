import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { compatibility } from '../../../src/contract/statsd-sockets.ts';
import { sendTcp, sendUdp, startRuntime } from '../runtime.ts';
import { unixPath } from './unix/unix-path.ts';

function sendUnix(path: string, bytes: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path }, () => socket.end(bytes));
    socket.on('error', reject).on('close', () => resolve());
    socket.resume();
  });
}

async function target() {
  const got: string[] = [];
  const socket = createSocket('udp4')
    .on('message', (datagram) => got.push(...datagram.toString().split('\n').slice(0, -1)))
    .bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return { got, port: socket.address().port };
}

describe('the Unix stream socket', () => {
  test('is enough, has metrics of its own, and its file goes at the end', async () => {
    const path = unixPath();
    const { runtime, reached, value } = await startRuntime([
      ...['--statsd.listen-udp=', '--statsd.listen-tcp=', `--statsd.listen-unix=${path}`],
      '--statsd.tcp-line-limit=64',
    ]);
    expect(runtime.landing()[0]!.rows).toContainEqual(['Unix stream', path]);
    await sendUnix(path, `a:1|c\n${'x'.repeat(70)}:1|c\n${'y'.repeat(200)}`);
    await sendUnix(path, 'a:1|c');
    await reached('a', 2);
    expect(await value('statsd_exporter_unix_connections_total')).toBe(2);
    expect(await value('statsd_exporter_unix_too_long_lines_total')).toBe(2);
    expect(await value('statsd_exporter_tcp_too_long_lines_total')).toBe(0);
    expect(await value('statsd_exporter_lines_total')).toBe(2);
    await runtime.drain!();
    expect(existsSync(path)).toBe(false);
    await runtime.stop();
  });

  test('in use: the problem names the flag, and what was open is closed', async () => {
    const path = unixPath();
    const first = await startRuntime([`--statsd.listen-unix=${path}`]);
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    await once(socket, 'close');
    const flags = [`--statsd.listen-unix=${path}`, `--statsd.listen-udp=127.0.0.1:${port}`];
    await expect(startRuntime(flags)).rejects.toThrow(`--statsd.listen-unix=${path}: in use by `);
    const again = createSocket('udp4').bind(port, '127.0.0.1');
    await once(again, 'listening');
    again.close();
    await first.runtime.stop();
  });

  test.each(['8', '1777', 'rwx', '', '-1'])('the mode %j is an error', async (mode) => {
    await expect(startRuntime([`--statsd.unixsocket-mode=${mode}`])).rejects.toThrow(
      'is not permission bits in octal, such as 755 or 0777',
    );
  });
});

describe('the relay', () => {
  test('gets the lines of every listener as they came, with metrics for each target', async () => {
    const one = await target();
    const two = await target();
    const path = unixPath();
    const running = await startRuntime([
      `--statsd.listen-unix=${path}`,
      `--statsd.relay.address=127.0.0.1:${one.port},udp://127.0.0.1:${two.port}`,
      '--statsd.relay.packet-length=64',
    ]);
    const { runtime, udp, tcp, reached, value } = running;
    for (const key of ['lines_relayed_total', 'long_lines_total', 'packets_total', 'lines_dropped_total']) {
      expect(await value(`statsd_exporter_relay_${key}{target="127.0.0.1:${one.port}"}`)).toBe(0);
    }
    await sendUdp(udp, ['a:1|c\nno colon', `${'x'.repeat(70)}:1|c`]);
    await reached('statsd_exporter_lines_total', 3);
    await sendTcp(tcp, 'b:1|c\n');
    await reached('b', 1);
    await sendUnix(path, 'c:1|c');
    await reached('c', 1);
    await runtime.drain!();
    while (two.got.length < 4) await new Promise((resolve) => setImmediate(resolve));
    expect(one.got).toEqual(['a:1|c', 'no colon', 'b:1|c', 'c:1|c']);
    expect(two.got).toEqual(one.got);
    const label = `{target="127.0.0.1:${two.port}"}`;
    expect(await value(`statsd_exporter_relay_lines_relayed_total${label}`)).toBe(4);
    expect(await value(`statsd_exporter_relay_long_lines_total${label}`)).toBe(1);
    expect(await value(`statsd_exporter_relay_packets_total${label}`)).toBe(1);
    expect(await value(`statsd_exporter_relay_errors_total${label}`)).toBe(0);
    await runtime.stop();
  });

  test('without targets there are no series of it', async () => {
    const { runtime, page } = await startRuntime();
    expect(await page()).not.toContain('relay');
    await runtime.stop();
  });

  test('to ourselves is a problem: each line would come back for ever', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    await once(socket, 'close');
    await expect(
      startRuntime([`--statsd.listen-udp=127.0.0.1:${port}`, `--statsd.relay.address=localhost:${port}`]),
    ).rejects.toThrow(`--statsd.relay.address=localhost:${port}: this process listens there`);
  });

  test.each(['statsd.example', ':8125', 'http://a:1', 'a:0', 'a:1,,b:1', 'udp://'])('%j is no target', async (text) => {
    await expect(startRuntime([`--statsd.relay.address=${text}`])).rejects.toThrow('is not a target such as');
  });
});

test('flags of statsd_exporter without effect are named in one line of the log, those that were not given are not', async () => {
  const { runtime, warnings } = await startRuntime([
    ...Object.values(compatibility).map(({ name, example }) => `--${name}=${example}`),
  ]);
  expect(warnings).toEqual(['statsd: flags of statsd_exporter that have no effect here']);
  await runtime.stop();
  const silent = await startRuntime();
  expect(silent.warnings).toEqual([]);
  await silent.runtime.stop();
});
