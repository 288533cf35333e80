import { existsSync, readdirSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { listenUnixStream } from '../../../../src/statsd/receive/unix/listen-unix-stream.ts';
import { listenUnixgram, type UnixgramOptions } from '../../../../src/statsd/receive/unix/listen-unixgram.ts';
import { each } from '../udp/each-datagram.ts';
import { unixPath } from './unix-path.ts';

const load: UnixgramOptions['load'] = () => import('unix-dgram');
/** The package is optional: it is compiled for the Node that installs it. */
const available = await load().then(
  () => true,
  () => false,
);

test('unix-dgram is there (npm run unix-dgram compiles it)', (context) => {
  if (!available && process.env['CI'] !== 'true') {
    console.warn('\n*** no unix-dgram for this Node: "npm run unix-dgram"; no Unix datagram was received ***\n');
    context.skip('no unix-dgram: no Unix datagram was received');
  }
  expect(available).toBe(true);
});

async function listen(path: string, over: Partial<UnixgramOptions> = {}) {
  const got: string[] = [];
  const listener = await listenUnixgram({
    ...{ path, mode: 0o755, load, clock: () => performance.now(), wake() {} },
    inbox: each((datagram) => got.push(datagram)),
    failed: () => {
      throw new Error('a read failed');
    },
    ...over,
  });
  return { listener, got };
}

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};

test.each([
  [
    'is not installed',
    Object.assign(new Error("Cannot find package 'unix-dgram'"), { code: 'ERR_MODULE_NOT_FOUND' }),
    'it is not installed',
  ],
  [
    'was compiled for another Node',
    // The message of Node 24.
    Object.assign(
      new Error(
        "The module '/app/node_modules/unix-dgram/build/Release/unix_dgram.node'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 115. This version of Node.js requires\nNODE_MODULE_VERSION 137.",
      ),
      { code: 'ERR_DLOPEN_FAILED' },
    ),
    `it is compiled for another version of Node than this one, ${process.version}`,
  ],
  [
    'was compiled for another machine',
    Object.assign(new Error('/app/unix_dgram.node: cannot open shared object file'), { code: 'ERR_DLOPEN_FAILED' }),
    '/app/unix_dgram.node: cannot open shared object file',
  ],
  [
    'was never compiled',
    new Error('Could not locate the bindings file. Tried:\n → /app/node_modules/unix-dgram/build/unix_dgram.node'),
    'it is installed, but not compiled',
  ],
])('where the package %s, the problem names it and what does without', async (_, error, why) => {
  await expect(listen(unixPath(), { load: () => Promise.reject(error) })).rejects.toThrow(
    `Unix datagram sockets need the optional package unix-dgram: ${why}. ` +
      'A Unix stream socket (--statsd.listen-unix) and UDP need nothing',
  );
});

describe.runIf(available)('with the package', () => {
  async function sender(path: string) {
    const { default: unix } = await load();
    const socket = unix.createSocket('unix_dgram', () => {}) as ReturnType<typeof unix.createSocket> & {
      send(bytes: Buffer, offset: number, length: number, path: string, done: (error?: Error) => void): void;
    };
    const send = (text: string) =>
      new Promise<void>((resolve, reject) => {
        const bytes = Buffer.from(text);
        socket.send(bytes, 0, bytes.length, path, (error) => (error ? reject(error) : resolve()));
      });
    return { send, close: () => socket.close() };
  }

  test('every datagram once, in order, the empty one too', async () => {
    const path = unixPath();
    const { listener, got } = await listen(path);
    const { send, close } = await sender(path);
    const sent = Array.from({ length: 500 }, (_, i) => (i === 7 ? '' : `a:${i}|c`));
    for (const line of sent) {
      // The queue holds ten.
      while (
        await send(line).then(
          () => false,
          () => true,
        )
      )
        await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => got.length >= sent.length);
    expect(got).toEqual(sent.map((line) => `${line}\n`));
    close();
    await listener.close();
  });

  test('draining takes what waits', async () => {
    const path = unixPath();
    const { listener, got } = await listen(path);
    const { send, close } = await sender(path);
    for (let i = 0; i < 8; i++) await send('a:1|c');
    await listener.drain();
    expect(got.length).toBe(8);
    close();
    await listener.close();
    await listener.drain();
  });

  test('the file has its mode, goes with the listener, and no descriptor stays', async () => {
    const path = unixPath();
    const before = readdirSync('/proc/self/fd').length;
    const { listener } = await listen(path, { mode: 0o777 });
    expect(statSync(path).mode & 0o777).toBe(0o777);
    await listener.close();
    await listener.close();
    expect(existsSync(path)).toBe(false);
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });

  test('a socket in use is an error, of either type; one that nobody has is taken over', async () => {
    const path = unixPath();
    const { default: unix } = await load();
    const other = unix.createSocket('unix_dgram', () => {});
    other.bind(path);
    await expect(listen(path)).rejects.toThrow(`(pid ${process.pid})`);
    await expect(
      listenUnixStream({ ...{ path, mode: 0o755, connections: 1, lineLimit: 64 }, take() {}, event() {} }),
    ).rejects.toThrow(`(pid ${process.pid})`);
    other.close();
    const { listener } = await listen(path);
    await listener.close();
  });

  test('a directory that is not there is an error', async () => {
    await expect(listen('/nowhere/statsd.sock')).rejects.toThrow('bind ENOENT /nowhere/statsd.sock');
  });
});
