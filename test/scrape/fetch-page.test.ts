import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { createPageFetcher, type PageFetcher } from '../../src/scrape/fetch-page.ts';
import { type Answer, type AppServer, nobody, page, startApp } from './app-server.ts';

let app: AppServer | undefined;
let fetcher: PageFetcher | undefined;

afterEach(async () => {
  fetcher?.close();
  await app?.close();
  app = undefined;
});

/** Keeps what it was given, up to `most` bytes. */
function sink(most = Number.POSITIVE_INFINITY) {
  const chunks: Uint8Array[] = [];
  const opened: string[] = [];
  let size = 0;
  return {
    opened,
    text: () => Buffer.concat(chunks).toString(),
    open: (contentType: string) => {
      opened.push(contentType);
      return {
        push(chunk: Uint8Array) {
          size += chunk.length;
          if (size <= most) chunks.push(chunk);
          return size <= most;
        },
      };
    },
  };
}

async function fetchFrom(answer: Answer, { timeout = 5000, most = Number.POSITIVE_INFINITY } = {}) {
  app = await startApp(answer);
  fetcher = createPageFetcher(app.url);
  const into = sink(most);
  return { fetched: await fetcher.fetch(timeout, into.open), into };
}

test('asks for text 0.0.4 without compression and gives the page with its type', async () => {
  const { fetched, into } = await fetchFrom(page('a 1\n'));
  expect(fetched).toEqual({ ok: true });
  expect(into.text()).toBe('a 1\n');
  expect(into.opened).toEqual(['text/plain; version=0.0.4']);
  expect(app!.requests[0]!.headers).toMatchObject({
    accept: 'text/plain;version=0.0.4,*/*;q=0.1',
    'accept-encoding': 'identity',
  });
});

test('takes gzip that it did not ask for', async () => {
  const { fetched, into } = await fetchFrom(page(gzipSync('a 1\n'), { 'content-encoding': 'gzip' }));
  expect(fetched).toEqual({ ok: true });
  expect(into.text()).toBe('a 1\n');
});

test('one connection serves many pages', async () => {
  await fetchFrom(page('a 1\n'));
  await fetcher!.fetch(5000, sink().open);
  const [first, second] = app!.requests.map(({ socket }) => socket.remotePort);
  expect(first).toBe(second);
});

test('a kept connection that the server closes when it is used again is no failure', async () => {
  await fetchFrom(page('a 1\n'));
  app!.answer = (request, response) => {
    // The connection of before: closed without a word; the next one is answered.
    app!.answer = page('a 2\n');
    response.destroy();
    request.socket.resetAndDestroy();
  };
  const into = sink();
  expect(await fetcher!.fetch(5000, into.open)).toEqual({ ok: true });
  expect(into.text()).toBe('a 2\n');
});

describe('failures are values', () => {
  test.each<[string, Answer, string, RegExp]>([
    ['a status', (_, response) => response.writeHead(500).end('a 1\n'), 'status', /answered 500/],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/' }).end(), 'status', /answered 302/],
    ['an encoding', page('x', { 'content-encoding': 'br' }), 'encoding', /"br", which was not asked for/],
    ['broken gzip', page('no gzip at all', { 'content-encoding': 'gzip' }), 'encoding', /header/],
    ['cut gzip', page(gzipSync('a 1\n').subarray(0, 15), { 'content-encoding': 'gzip' }), 'encoding', /unexpected end/],
    [
      'fewer bytes than announced',
      page('a 1\n', { 'content-length': '10', connection: 'close' }),
      'aborted',
      /aborted/,
    ],
    [
      'a connection cut in the middle',
      (_, response) => {
        response.writeHead(200);
        response.write('a 1\n', () => response.destroy());
      },
      'aborted',
      /aborted/,
    ],
    ['a connection closed without an answer', (request) => request.socket.destroy(), 'aborted', /hang up/],
    ['no HTTP', (request) => request.socket.end('SSH-2.0-x\r\n'), 'aborted', /Parse Error/],
  ])('%s', async (_, answer, reason, detail) => {
    const { fetched } = await fetchFrom(answer);
    expect(fetched).toEqual({ ok: false, reason, detail: expect.stringMatching(detail) });
  });

  test('nobody listens', async () => {
    fetcher = createPageFetcher(await nobody());
    const fetched = await fetcher.fetch(5000, sink().open);
    expect(fetched).toMatchObject({ ok: false, reason: 'connect' });
  });

  test('no answer', async () => {
    const { fetched } = await fetchFrom(() => {}, { timeout: 50 });
    expect(fetched).toEqual({ ok: false, reason: 'timeout', detail: 'no page within 50 ms' });
  });

  test('an answer that stalls', async () => {
    const { fetched } = await fetchFrom((_, response) => response.writeHead(200).write('a 1\n'), { timeout: 200 });
    expect(fetched).toMatchObject({ ok: false, reason: 'timeout' });
  });

  test('a page without end is left as soon as the sink has enough', async () => {
    const endless: Answer = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('a 1\n'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    };
    const { fetched } = await fetchFrom(endless, { most: 11 * 2 ** 20 });
    expect(fetched).toMatchObject({ ok: false, reason: 'too_large' });
    const { socket } = app!.requests[0]!;
    if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve));
  });

  test('gzip that grows without end is left as soon as the sink has enough', async () => {
    const bomb = gzipSync(Buffer.alloc(16 * 2 ** 20));
    const { fetched, into } = await fetchFrom(page(bomb, { 'content-encoding': 'gzip' }), { most: 2 ** 20 });
    expect(fetched).toMatchObject({ ok: false, reason: 'too_large' });
    expect(into.text().length).toBeLessThanOrEqual(2 ** 20);
  });
});

test('close() ends what is under way', async () => {
  app = await startApp(() => fetcher!.close());
  fetcher = createPageFetcher(app.url);
  expect(await fetcher.fetch(60_000, sink().open)).toMatchObject({ ok: false, reason: 'aborted' });
});
