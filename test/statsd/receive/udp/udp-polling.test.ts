import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { createPolling } from '../../../../src/statsd/receive/udp/udp-polling.ts';
import { receivingOf } from '../../../../src/statsd/receive/udp/udp-receiving.ts';

/** A socket with this many datagrams of 1000 bytes at each look, then none. */
function poll(found: readonly number[], capacity = 1_000_000) {
  const time = { now: 0 };
  const calls: string[] = [];
  let looks = 0;
  const polling = createPolling({
    clock: () => time.now,
    receiving: { stop: () => calls.push('stop'), start: () => calls.push('start') },
    capacity,
    wake: () => calls.push('wake'),
    read(most) {
      const count = Math.min(most, found[looks++] ?? 0);
      return { count, bytes: count * 1000 };
    },
  });
  onTestFinished(() => polling.stop());
  const wakes = (times: number) => Array.from({ length: times }, () => polling.woken());
  return { time, calls, polling, wakes, looks: () => looks };
}

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};

test('sixteen wakes in less than four milliseconds begin it, slower ones do not', () => {
  const { time, calls, polling, wakes } = poll([]);
  time.now = 4;
  expect(wakes(16)).toEqual(new Array(16).fill(false));
  time.now = 7.9;
  expect(wakes(16)).toEqual([...new Array(15).fill(false), true]);
  expect(polling.active()).toBe(true);
  expect(calls).toEqual(['stop', 'wake']);
});

test('it ends where polls find few', async () => {
  const { calls, polling, wakes, looks } = poll(new Array(16).fill(40));
  wakes(16);
  await until(() => !polling.active());
  expect(looks()).toBe(32);
  expect(calls.at(-1)).toBe('start');
});

test('a full read is followed by the next one at once', async () => {
  const { polling, wakes, looks } = poll([256, 256, 256, 10], 10_000_000);
  wakes(16);
  expect(looks()).toBe(1);
  for (const expected of [2, 3, 4]) {
    await new Promise((resolve) => setImmediate(resolve));
    expect(looks()).toBe(expected);
  }
  expect(polling.active()).toBe(true);
});

test('a buffer that a millisecond fills too far is waited for, and not tried again for a second', () => {
  const { time, calls, polling, wakes } = poll([30, 0], 100_000);
  wakes(16);
  expect(polling.active()).toBe(false);
  expect(calls).toEqual(['stop', 'wake', 'start']);
  time.now = 999;
  wakes(16);
  wakes(16);
  expect(polling.active()).toBe(false);
  time.now = 1000;
  wakes(16);
  expect(polling.active()).toBe(true);
});

test("this Node's sockets can be told to stop receiving and to start again", async () => {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const receiving = receivingOf(socket)!;
  const got: string[] = [];
  socket.on('message', (datagram) => got.push(String(datagram)));
  const send = (text: string) =>
    new Promise((resolve) => createSocket('udp4').unref().send(text, socket.address().port, '127.0.0.1', resolve));
  receiving.stop();
  await send('kept');
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(got).toEqual([]);
  receiving.start();
  await until(() => got.length === 1);
  expect(got).toEqual(['kept']);
});
