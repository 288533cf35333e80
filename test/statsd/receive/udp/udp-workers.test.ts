import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listenUdpShared } from '../../../../src/statsd/receive/udp/listen-udp-shared.ts';
import { findOwnSocket } from '../../../../src/statsd/receive/udp/proc-net-udp.ts';
import { spawnUdpWorker } from '../../../../src/statsd/receive/udp/udp-workers.ts';
import { startRuntime } from '../../runtime.ts';

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};

async function listen(sockets: number, over: { readonly host?: string; readonly port?: number } = {}) {
  const got: string[] = [];
  const counts = { datagrams: 0, ended: 0, failed: 0 };
  /** The number of datagrams that a worker received. */
  const handed = { count: 0 };
  const errors: string[] = [];
  const workers: Worker[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (message: string) => errors.push(message) };
  const listener = await listenUdpShared({
    ...{ address: { host: '127.0.0.1', port: 0, ...over }, readBuffer: 2 ** 20, sockets, log, wake() {} },
    findSocket: findOwnSocket,
    clock: () => performance.now(),
    take(bytes, start, end, datagrams) {
      counts.datagrams += datagrams;
      if (bytes.buffer instanceof SharedArrayBuffer) handed.count += datagrams;
      got.push(...bytes.toString('latin1', start, end).split('\n').slice(0, -1));
    },
    failed: (count) => (counts.failed += count),
    ended: () => counts.ended++,
    spawn(data) {
      const worker = spawnUdpWorker(data);
      workers.push(worker);
      return worker;
    },
  });
  onTestFinished(() => listener.close());
  return { listener, got, counts, handed, errors, workers };
}

/** Senders with ports of their own. */
async function senders(count: number, port: number): Promise<readonly ((text: string) => Promise<void>)[]> {
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket: Socket = createSocket('udp4');
      socket.connect(port, '127.0.0.1');
      await once(socket, 'connect');
      onTestFinished(() => void socket.close());
      return socket;
    }),
  );
  return sockets.map(
    (socket) => (text: string) =>
      new Promise<void>((resolve, reject) => socket.send(text, (error) => (error ? reject(error) : resolve()))),
  );
}

describe.runIf(process.platform === 'linux')('several sockets', () => {
  test('take every datagram once, those of a sender in order, and share the senders', async () => {
    const { listener, got, counts, handed, workers } = await listen(3);
    expect(workers.length).toBe(2);
    const send = await senders(40, listener.port);
    await Promise.all(
      send.map(async (one, sender) => {
        for (let i = 0; i < 50; i++) await one(`s${sender}:${i}|c`);
      }),
    );
    await until(() => got.length === 2000);
    expect(counts).toEqual({ datagrams: 2000, ended: 0, failed: 0 });
    for (let sender = 0; sender < 40; sender++) {
      const lines = got.filter((line) => line.startsWith(`s${sender}:`));
      expect(lines).toEqual(Array.from({ length: 50 }, (_, i) => `s${sender}:${i}|c`));
    }
    expect(handed.count).toBeGreaterThan(0);
    expect(handed.count).toBeLessThan(2000);
    expect(await listener.drops()).toBe(0);
  });

  test('what waits in sockets and rings is taken in when they drain', async () => {
    const { listener, got } = await listen(3);
    const send = await senders(20, listener.port);
    await Promise.all(
      send.map(async (one) => {
        for (let i = 0; i < 100; i++) await one('a:1|c');
      }),
    );
    await listener.drain();
    expect(got.length).toBe(2000);
    await listener.close();
    await listener.drain();
  });

  test('a worker that ends is counted, told of, and replaced; what the others get is not lastWrite', async () => {
    const { listener, got, counts, errors, workers } = await listen(2);
    await workers[0]!.terminate();
    expect(counts.ended).toBe(1);
    expect(errors).toEqual(['statsd: a UDP worker ended, another one takes its place']);
    // The remaining socket gets all datagrams.
    const send = await senders(20, listener.port);
    for (const one of send) await one('a:1|c');
    await until(() => got.length === 20);
    await until(() => workers.length === 2);
    await once(workers[1]!, 'message');
    const later = await senders(20, listener.port);
    for (const one of later) await one('b:1|c');
    await until(() => got.length === 40);
    expect(counts).toEqual({ datagrams: 40, ended: 1, failed: 0 });
    await listener.close();
    expect(counts.ended).toBe(1);
  });

  test('draining does not wait for a worker that ended', async () => {
    const { listener, workers } = await listen(2);
    await workers[0]!.terminate();
    await listener.drain();
    await listener.close();
    expect(workers.length).toBe(1);
  });

  test('the address of another socket is an error, shared or not', async () => {
    const { listener } = await listen(2);
    await expect(listen(2, { port: listener.port })).rejects.toThrow('EADDRINUSE');
    await expect(listen(2, { host: '203.0.113.1' })).rejects.toThrow('EADDRNOTAVAIL');
  });

  test('what the kernel drops is summed over all sockets', async () => {
    const { listener, counts } = await listen(2);
    const send = await senders(16, listener.port);
    const payload = 'x'.repeat(60_000);
    // Sent without a pause: this thread does not read its own socket meanwhile, and 1 MiB holds few of these.
    await Promise.all(Array.from({ length: 1600 }, (_, i) => send[i % 16]!(payload)));
    await listener.drain();
    const drops = (await listener.drops())!;
    expect(drops).toBeGreaterThan(0);
    expect(counts.datagrams + drops).toBe(1600);
  });
});

test.runIf(process.platform === 'linux')('--statsd.udp-workers: every line is applied and counted once', async () => {
  const { runtime, udp, reached, value } = await startRuntime(['--statsd.udp-workers=2']);
  const send = await senders(20, udp);
  await Promise.all(
    send.map(async (one) => {
      for (let i = 0; i < 20; i++) await one('a:1|c\nb:2|g');
    }),
  );
  await reached('a', 400);
  expect(await value('statsd_exporter_lines_total')).toBe(800);
  expect(await value('statsd_exporter_udp_packets_total')).toBe(400);
  expect(await value('statsd_exporter_udp_workers_ended_total')).toBe(0);
  expect(await value('statsd_exporter_udp_packet_drops_total')).toBe(0);
  for (const one of send) await one('a:1|c');
  await runtime.drain!();
  expect(await value('a')).toBe(420);
  await runtime.stop();
});

test.each(['0', '65', 'x', '1.5'])('--statsd.udp-workers=%s is an error', async (count) => {
  await expect(startRuntime([`--statsd.udp-workers=${count}`])).rejects.toThrow('--statsd.udp-workers');
});
