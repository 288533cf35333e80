import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { listenUnixStream, type UnixStreamOptions } from '../../../../src/statsd/receive/unix/listen-unix-stream.ts';
import { unixPath } from './unix-path.ts';

async function listen(path: string, over: Partial<UnixStreamOptions> = {}) {
  const got: string[] = [];
  const events: string[] = [];
  const listener = await listenUnixStream({
    ...{ path, mode: 0o755, connections: 10, lineLimit: 64 },
    take: (bytes, start, end) => got.push(...bytes.toString('latin1', start, end - 1).split('\n')),
    event: (event) => events.push(event),
    ...over,
  });
  return { listener, got, events };
}

function send(path: string, bytes: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path }, () => socket.end(bytes));
    socket.on('error', reject).on('close', () => resolve());
    socket.resume();
  });
}

/** Leaves the file of a socket, like a killed process. */
async function leaveSocket(path: string): Promise<void> {
  const code = 'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))';
  await once(spawn(process.execPath, ['-e', code, path], { stdio: 'ignore' }), 'exit');
  expect(existsSync(path)).toBe(true);
}

test('lines are framed as over TCP, one that is too long costs that line', async () => {
  const path = unixPath();
  const { listener, got, events } = await listen(path);
  await send(path, `a:1|c\n${'x'.repeat(100_000)}\nb:2|c`);
  expect(got.filter((line) => line.length < 100)).toEqual(['a:1|c', 'b:2|c']);
  expect(events).toEqual(['connection', 'too_long']);
  await listener.close();
});

test('packets with their lengths before them are told from lines, for each connection', async () => {
  const path = unixPath();
  const { listener, got, events } = await listen(path);
  const framed = (packet: string) => {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(packet.length);
    return Buffer.concat([head, Buffer.from(packet)]);
  };
  await send(path, Buffer.concat(['hits:1|c\nhits:2|c\n', 'hitss:1|c\n', 'a:1|c'].map(framed)));
  await send(path, 'b:1|c\n');
  const tooLong = Buffer.from([0, 0, 1, 0]);
  await send(path, Buffer.concat([framed('c:1|c'), tooLong, Buffer.from('d:1|c\n')]));
  expect(got).toEqual(['hits:1|c', 'hits:2|c', 'hitss:1|c', 'a:1|c', 'b:1|c', 'c:1|c']);
  expect(events).toEqual(['connection', 'framed', 'connection', 'connection', 'framed', 'error']);
  await listener.close();
});

test('the file has the mode that was asked for, and goes with the listener', async () => {
  const path = unixPath();
  const { listener } = await listen(path, { mode: 0o777 });
  expect((statSync(path).mode & 0o777).toString(8)).toBe('777');
  await listener.close();
  await listener.close();
  expect(existsSync(path)).toBe(false);
});

test('draining takes what has arrived and no new connection', async () => {
  const path = unixPath();
  const { listener, got } = await listen(path);
  const socket = connect({ path });
  await once(socket, 'connect');
  const sent = Array.from({ length: 20_000 }, (_, i) => `a:${i}|c`);
  await new Promise((resolve) => socket.write(`${sent.join('\n')}\n`, resolve));
  await listener.drain();
  expect(got).toEqual(sent);
  await expect(send(path, 'late')).rejects.toThrow(/ENOENT|ECONNREFUSED/);
  await listener.close();
});

test.runIf(process.platform === 'linux')('a name of the abstract namespace needs no file', async () => {
  const path = `@statsd-test-${process.pid}`;
  const { listener, got } = await listen(path);
  await send(`\0${path.slice(1)}`, 'a:1|c\n');
  expect(got).toEqual(['a:1|c']);
  await listener.close();
  const again = await listen(path);
  await again.listener.close();
});

describe('a file that is there already', () => {
  test('of a process that is gone is taken over', async () => {
    const path = unixPath();
    await leaveSocket(path);
    const { listener, got } = await listen(path);
    await send(path, 'a:1|c\n');
    expect(got).toEqual(['a:1|c']);
    await listener.close();
  });

  test('of somebody who answers is left alone, and the problem says who', async () => {
    const path = unixPath();
    const server = createServer((socket) => socket.on('error', () => {}).end('mine')).listen(path);
    await once(server, 'listening');
    const who = process.platform === 'linux' ? new RegExp(`^in use by .+ \\(pid ${process.pid}\\)$`) : /^in use by /;
    await expect(listen(path)).rejects.toThrow(who);
    const socket = connect({ path });
    expect(String((await once(socket, 'data'))[0])).toBe('mine');
    server.close();
  });

  test('that is no socket is left as it is, and so is what a link leads to', async () => {
    const path = unixPath();
    writeFileSync(path, 'precious');
    await expect(listen(path)).rejects.toThrow('the file is no socket; it is left as it is');
    symlinkSync(path, `${path}.link`);
    await expect(listen(`${path}.link`)).rejects.toThrow('the file is no socket');
    expect(statSync(path).size).toBe(8);
  });
});

test('a directory that is not there is an error', async () => {
  await expect(listen('/nowhere/statsd.sock')).rejects.toThrow(/ENOENT|EACCES/);
});
