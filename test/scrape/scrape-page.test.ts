import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { ScrapeHandler } from '../../src/runtime/runtime.ts';
import { createScrapePage } from '../../src/scrape/scrape-page.ts';
import { emptyStore, family, series } from '../exposition/fixture.ts';
import { readFamilies } from '../exposition/protobuf-reader.ts';
import { deferred, keptLog, runtime } from './fixture.ts';

const running: Server[] = [];

afterEach(() => {
  for (const server of running.splice(0)) server.close().closeAllConnections();
});

async function serve(handler: ScrapeHandler): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  running.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('is one page for every port that shows it: scrapes of the same moment share one collect', async () => {
  const store = emptyStore();
  const gauge = series(family(store, { name: 'runs', type: 'gauge' }));
  const slow = deferred();
  const bothIn = deferred();
  const counting = runtime({
    kind: 'a',
    collect: () => {
      gauge.add(1);
      return slow.promise;
    },
  });
  const page = createScrapePage({ store, runtimes: () => [counting], log: keptLog().log, now: Date.now });
  let requests = 0;
  const handler: ScrapeHandler = (request, response) => {
    page.handler(request, response);
    if (++requests === 2) bothIn.resolve();
  };
  const pages = [await serve(handler), await serve(handler)].map(async (url) => (await fetch(url)).text());
  await bothIn.promise;
  slow.resolve();
  expect(await Promise.all(pages)).toEqual(Array(2).fill('# TYPE runs gauge\nruns 1\n'));
  expect(page.stats().scrapes).toEqual(new Map([['text identity', 2]]));
});

test('asks for the runtimes at every scrape, so that it may be made before them', async () => {
  const store = emptyStore();
  const gauge = series(family(store, { name: 'x', type: 'gauge' }));
  const runtimes: ReturnType<typeof runtime>[] = [];
  const page = createScrapePage({ store, runtimes: () => runtimes, log: keptLog().log, now: Date.now });
  const url = await serve(page.handler);
  expect(await (await fetch(url)).text()).toContain('\nx 0\n');
  runtimes.push(runtime({ kind: 'later', collect: () => void gauge.set(5) }));
  expect(await (await fetch(url)).text()).toContain('\nx 5\n');
});

test('gives a scraper that prefers it protobuf, compressed like the others', async () => {
  const store = emptyStore();
  const gauge = family(store, { name: 'x', type: 'gauge' });
  for (let i = 0; i < 200; i++) series(gauge, { i: String(i) }).set(i);
  const page = createScrapePage({ store, runtimes: () => [], log: keptLog().log, now: Date.now });
  const url = await serve(page.handler);
  const accept =
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,*/*;q=0.1';
  for (const encoding of ['identity', 'gzip']) {
    const response = await fetch(url, { headers: { accept, 'accept-encoding': encoding } });
    expect(response.headers.get('content-type')).toBe(
      'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores',
    );
    const [only] = readFamilies(Buffer.from(await response.arrayBuffer()));
    expect(only).toMatchObject({ name: 'x', type: 'GAUGE' });
    expect(only?.metric).toHaveLength(200);
  }
  expect(page.stats().scrapes).toEqual(
    new Map([
      ['protobuf identity', 1],
      ['protobuf gzip', 1],
    ]),
  );
});

test('answers a fault of its own with 500 and a line in the log, and the next scrape as ever', async () => {
  const store = emptyStore();
  let faults = 1;
  const faulty = {
    ...store,
    cachedPage: (...parameters: Parameters<typeof store.cachedPage>) => {
      if (faults-- > 0) throw new Error('a bug');
      return store.cachedPage(...parameters);
    },
  };
  const { log, lines } = keptLog();
  const url = await serve(createScrapePage({ store: faulty, runtimes: () => [], log, now: Date.now }).handler);
  const failed = await fetch(url);
  expect([failed.status, await failed.text()]).toEqual([500, 'The page could not be made; the log says why.\n']);
  expect(lines.map(({ level, message }) => [level, message])).toEqual([['error', 'scrape failed']]);
  expect((await fetch(url)).status).toBe(200);
});

test('writes a page in lines where its labels are too many to be made into protobuf as a whole', async () => {
  const store = emptyStore();
  series(family(store, { name: 'x', type: 'gauge' }), { url: 'x'.repeat(200) });
  const options = { store, runtimes: () => [], log: keptLog().log, now: Date.now };
  const accept = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';
  const typeWith = async (pageBytes: number) => {
    const url = await serve(createScrapePage({ ...options, pageBytes }).handler);
    return (await fetch(url, { headers: { accept } })).headers.get('content-type');
  };
  expect(await typeWith(1000)).toContain('protobuf');
  expect(await typeWith(500)).toContain('openmetrics');
});

test('makes no page while clients do not read those that they were given', async () => {
  const store = emptyStore({ series: 100_000, seriesPerFamily: 100_000, labelValueBytes: 4096 });
  const gauge = family(store, { name: 'x', type: 'gauge' });
  for (let i = 0; i < 4000; i++) series(gauge, { i: `${i}`.padEnd(4000, 'x') });
  const page = createScrapePage({ store, runtimes: () => [], log: keptLog().log, now: Date.now, pageBytes: 1_000_000 });
  const url = await serve(page.handler);
  const slow = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
  const refused = await fetch(url);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await refused.text()).toContain('ask again');
  expect(page.stats().refused).toBe(1);
  await slow.body?.cancel();
  // The connection that was given up is heard of by an event of the server's own.
  while ((await fetch(url, { method: 'HEAD' })).status !== 200);
});
