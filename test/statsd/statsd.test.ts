import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { folder } from '../webhook/folder.ts';
import { sendTcp, sendUdp, startRuntime } from './runtime.ts';

describe('starting', () => {
  test('nothing to listen on', async () => {
    await expect(startRuntime(['--statsd.listen-udp=', '--statsd.listen-tcp='])).rejects.toThrow(
      '--statsd.listen-udp, --statsd.listen-tcp, --statsd.listen-unix, --statsd.listen-unixgram are all empty',
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
      ['type_conflict: gauge a', '1'],
    ],
  });
  await runtime.stop();
});

describe('a mapping', () => {
  const mapped = async (text: string) => {
    const file = join(await folder(), 'mapping.yml');
    await writeFile(file, text);
    const running = await startRuntime([`--statsd.mapping-config=${file}`]);
    onTestFinished(() => running.runtime.stop());
    return { file, ...running };
  };
  const row = ({ landing }: Runtime) => landing()[0]!.rows.find(([name]) => name === 'Mapping')?.[1];

  test('is applied, and what it does is counted', async () => {
    const { runtime, file, udp, reached, value } = await mapped(
      'mappings: [{match: "a.*", name: a, labels: {what: $1}}, {match: b, name: b, action: drop}]',
    );
    expect(row(runtime)).toBe(`${file}: 2 rules, reloads: 0`);
    await sendUdp(udp, ['a.x:1|c\na.x:1|c\nb:1|c\nc:1|c']);
    await reached('statsd_exporter_lines_total', 4);
    expect(await value('a{what="x"}')).toBe(2);
    expect(await value('statsd_exporter_loaded_mappings')).toBe(2);
    expect(await value('statsd_exporter_events_actions_total{action="map"}')).toBe(2);
    expect(await value('statsd_exporter_events_actions_total{action="drop"}')).toBe(1);
    expect(await value('statsd_exporter_events_unmapped_total')).toBe(1);
    expect(await value('statsd_exporter_series{type="counter"}')).toBe(2);
    expect(await value('statsd_exporter_config_last_reload_successful')).toBe(1);
  });

  test('is read again on demand, and a wrong version is told', async () => {
    const { runtime, file, udp, reached, value } = await mapped('mappings: [{match: a, name: before}]');
    await sendUdp(udp, ['a:1|c']);
    await reached('before', 1);
    await writeFile(file, 'mappings: [{match: a, name: after}]');
    expect(await runtime.reload!()).toEqual({ ok: true, value: `statsd: 1 mapping rules from ${file}` });
    await sendUdp(udp, ['a:1|c']);
    await reached('after', 1);
    await writeFile(file, 'mappings: [{match: a}]');
    const told = await runtime.reload!();
    expect(told).toEqual({ ok: false, problem: expect.stringContaining(`${file}:1:`) });
    expect(row(runtime)).toContain(`${file}: 1 rules, reloads: 1, 1 failed; not in use: ${file}:1:`);
    expect(runtime.landing()[1]!.title).toBe('statsd: mapping findings');
    expect(await value('before')).toBe(1);
    expect(await value('statsd_exporter_config_reloads_total{outcome="success"}')).toBe(1);
    expect(await value('statsd_exporter_config_reloads_total{outcome="failure"}')).toBe(1);
    expect(await value('statsd_exporter_config_last_reload_successful')).toBe(0);
  });

  test('that is written again is read again by itself, on the way to the page nothing is lost', async () => {
    const { file, udp, value } = await mapped('mappings: [{match: a, name: before}]');
    await writeFile(file, 'mappings: [{match: a, name: after}]');
    let sent = 0;
    while ((await value('after')) === undefined) {
      await sendUdp(udp, ['a:1|c']);
      sent++;
    }
    const counted = async () => ((await value('before')) ?? 0) + (await value('after'))!;
    while ((await counted()) < sent) await new Promise((resolve) => setImmediate(resolve));
    expect(await counted()).toBe(sent);
  });

  test('says what becomes of observers; where it does not, the flags do', async () => {
    const file = join(await folder(), 'mapping.yml');
    await writeFile(file, 'mappings: [{match: b, name: b, observer_type: summary}, {match: c, name: c}]');
    const { runtime, udp, reached, value } = await startRuntime([
      ...[`--statsd.mapping-config=${file}`, '--statsd.observer-type=histogram', '--statsd.histogram-buckets=1,2'],
    ]);
    await sendUdp(udp, ['a:1|h\nb:1|h\nc:1|h']);
    await reached('statsd_exporter_lines_total', 3);
    expect(await value('a_bucket{le="2.0"}')).toBe(1);
    expect(await value('b{quantile="0.5"}')).toBe(1);
    expect(await value('c_bucket{le="2.0"}')).toBe(1);
    await runtime.stop();
  });

  test('strict: a key that nobody knows is an error', async () => {
    const file = join(await folder(), 'mapping.yml');
    await writeFile(file, 'mappings: [{match: a, name: a, wrong_key: 1}]');
    const { runtime } = await startRuntime([`--statsd.mapping-config=${file}`]);
    expect(runtime.landing()[1]).toMatchObject({ title: 'statsd: mapping findings' });
    await runtime.stop();
    await expect(startRuntime([`--statsd.mapping-config=${file}`, '--statsd.strict-config'])).rejects.toThrow(
      `--statsd.mapping-config: ${file}:1:`,
    );
  });

  test('globs as statsd_exporter matches them, if that is asked for', async () => {
    const file = join(await folder(), 'mapping.yml');
    await writeFile(file, 'mappings: [{match: a.b.c, name: long}, {match: a.b, name: short}]');
    for (const [flags, name] of [
      [[], 'short'],
      [['--statsd.compat-glob'], 'a_b'],
    ] as const) {
      const { runtime, udp, reached } = await startRuntime([`--statsd.mapping-config=${file}`, ...flags]);
      await sendUdp(udp, ['a.b:1|c']);
      await reached(name, 1);
      await runtime.stop();
    }
  });

  test('that is missing is a problem, but not where the injection mounts it', async () => {
    const file = join(await folder(), 'mapping.yml');
    await expect(startRuntime([`--statsd.mapping-config=${file}`])).rejects.toThrow(
      `--statsd.mapping-config: ${file}: there is no such file`,
    );
    for (const path of ['/etc/metrics-sidecar/mapping', '/etc/metrics-sidecar/mapping/mapping.yml']) {
      const { runtime, warnings, value } = await startRuntime([`--statsd.mapping-config=${path}`]);
      expect(warnings).toEqual(['statsd: no mapping']);
      expect(row(runtime)).toBe(`none: ${path}: there is no such file`);
      expect(await value('statsd_exporter_config_last_reload_successful')).toBe(0);
      expect(await value('statsd_exporter_config_reloads_total{outcome="failure"}')).toBe(0);
      await runtime.stop();
    }
  });

  test('gives series a time to live', async () => {
    let time = Date.now();
    const file = join(await folder(), 'mapping.yml');
    await writeFile(file, 'defaults: {ttl: 10s}');
    const { runtime, udp, reached, value } = await startRuntime([`--statsd.mapping-config=${file}`], {}, () => time);
    await sendUdp(udp, ['a:1|c']);
    await reached('a', 1);
    time += 10_001;
    expect(await value('a')).toBeUndefined();
    expect(await value('statsd_exporter_series_expired_total')).toBe(1);
    expect(await value('statsd_exporter_series{type="counter"}')).toBe(0);
    expect(runtime.landing()[0]!.rows).toContainEqual(['Label sets', '0, past their time to live: 1']);
    await runtime.stop();
  });

  test.each([
    ['forward', 86_400_000],
    ['back', -86_400_000],
  ])('a clock that is set %s makes no difference to times to live', async (_, step) => {
    const file = join(await folder(), 'mapping.yml');
    await writeFile(file, 'defaults: {ttl: 10s}');
    let [time, steady] = [Date.now(), 5000];
    const flags = [`--statsd.mapping-config=${file}`, '--statsd.expose-events'];
    const running = await startRuntime(
      flags,
      {},
      () => time,
      () => steady,
    );
    await sendUdp(running.udp, ['a:1|c\na:1|c\nb:7|ms\nc:x|s\n_sc|check|0']);
    await running.reached('c', 1);
    time += step;
    steady += 10_000;
    expect(await running.value('a')).toBe(2);
    expect(await running.value('b{quantile="0.5"}')).toBe(0.007);
    expect(await running.value('c')).toBe(1);
    expect(await running.value('dogstatsd_service_check_status{check="check"}')).toBe(0);
    steady += 1;
    for (const name of ['a', 'b_count', 'c', 'dogstatsd_service_check_status{check="check"}']) {
      expect(await running.value(name), name).toBeUndefined();
    }
    await running.runtime.stop();
  });

  test('whose time to live is over takes series away where nobody asks for the page', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    let time = Date.now();
    const file = join(await folder(), 'mapping.yml');
    await writeFile(file, 'defaults: {ttl: 10s}');
    const { runtime, store, udp, reached } = await startRuntime([`--statsd.mapping-config=${file}`], {}, () => time);
    await sendUdp(udp, ['a:1|c']);
    await reached('a', 1);
    time += 10_000;
    vi.advanceTimersByTime(1000);
    expect(store.render('text').toString()).toContain('\na 1\n');
    time += 1;
    vi.advanceTimersByTime(1000);
    expect(store.render('text').toString()).not.toContain('\na 1\n');
    await runtime.stop();
  });
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
