import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { hostilePages } from '../exposition/hostile-pages.ts';
import { type HostilePush, hostilePushes } from '../ingest/hostile-pushes.ts';
import { describeLimited } from './cgroup.ts';
import { type LimitedSidecar, startLimitedSidecar } from './program.ts';

async function push(port: number, { body, encoding }: Omit<HostilePush, 'statuses'>, client = 'x'): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/v1/ingest`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-ingest-client': client,
      ...(encoding && { 'content-encoding': encoding }),
    },
    body: new Uint8Array(body),
  });
}

/** What a page says without the sidecar's own story. */
async function pageOf({ web }: LimitedSidecar): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${web}/metrics`);
  expect(answer.status).toBe(200);
  const text = await answer.text();
  const own = /^(# \w+ )?(ingest|statsd_exporter|metrics_sidecar|scrape_own)_/;
  return text
    .split('\n')
    .filter((line) => !own.test(line))
    .join('\n');
}

const good = Buffer.from('[{"name":"good","type":"gauge","values":[{"value":1}]}]');

describeLimited('a sidecar in 64 MiB', () => {
  test('takes every hostile push, whole or not at all, one after the other', async () => {
    await using sidecar = await startLimitedSidecar(64);
    expect((await push(sidecar.ingest, { body: good }, 'good')).status).toBe(200);
    for (const [name, hostile] of Object.entries(hostilePushes)) {
      const before = await pageOf(sidecar);
      const answer = await push(sidecar.ingest, hostile).catch((error: unknown) => {
        throw new Error(`${name}: ${sidecar.ended() ?? 'runs'}, ${sidecar.group.kills()} kills`, { cause: error });
      });
      const said = await answer.text();
      expect(hostile.statuses, `${name}: ${said.slice(0, 300)}`).toContain(answer.status);
      if (answer.status === 422) expect(said, name).toMatch(/"pointer":"[^"]*".*--(ingest|limit)\.|limit/);
      if (answer.status !== 200) expect(await pageOf(sidecar), name).toBe(before);
    }
    expect(await pageOf(sidecar)).toContain('\ngood 1\n');
    expect([sidecar.ended(), sidecar.group.kills()]).toEqual([undefined, 0]);
  }, 300_000);

  test('takes them all at once in the 128 MiB that the chart gives', async () => {
    await using sidecar = await startLimitedSidecar(128);
    expect((await push(sidecar.ingest, { body: good }, 'good')).status).toBe(200);
    const all = Object.values(hostilePushes).flatMap((hostile, i) =>
      Array.from({ length: 8 }, (_, j) =>
        push(sidecar.ingest, hostile, `c${i}x${j}`).then(
          (answer) => answer.status,
          // Closed by the sidecar, which has answered before all of the body was written.
          () => 0,
        ),
      ),
    );
    const statuses = new Set(await Promise.all(all));
    expect([sidecar.ended(), sidecar.group.kills()]).toEqual([undefined, 0]);
    expect([...statuses].every((status) => [0, 200, 400, 413, 422, 429].includes(status))).toBe(true);
    expect(await pageOf(sidecar)).toContain('\ngood 1\n');
  }, 300_000);

  test('takes large pushes of 200 clients at once, and refuses those that there is no room for', async () => {
    await using sidecar = await startLimitedSidecar(128);
    const values = Array.from({ length: 8000 }, (_, i) => ({ labels: { i: String(i) }, value: 1 }));
    const body = Buffer.from(JSON.stringify([{ name: 'wide', type: 'gauge', values }]));
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, i) =>
        push(sidecar.ingest, { body }, `c${i}`).then(
          ({ status }) => status,
          () => 0,
        ),
      ),
    );
    expect([sidecar.ended(), sidecar.group.kills()]).toEqual([undefined, 0]);
    expect(statuses).toContain(200);
    expect(statuses.filter((status) => ![0, 200, 422, 429].includes(status))).toEqual([]);
    expect(await pageOf(sidecar)).toContain('\nwide{i="0"} ');
  }, 300_000);

  test('serves its page beside every hostile page that is to be merged', async () => {
    let page = '';
    const application = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
      response.end(page);
    }).listen(0, '127.0.0.1');
    await once(application, 'listening');
    const url = `http://127.0.0.1:${(application.address() as AddressInfo).port}/metrics`;
    await using sidecar = await startLimitedSidecar(64, { shared: [`--merge.app-url=${url}`] });
    for (const [name, make] of Object.entries(hostilePages)) {
      page = make();
      for (let i = 0; i < 3; i++) {
        const scraped = await fetch(`http://127.0.0.1:${sidecar.web}/metrics`).catch((error: unknown) => {
          throw new Error(`${name}: ${sidecar.ended() ?? 'runs'}, ${sidecar.group.kills()} kills`, { cause: error });
        });
        expect(scraped.status, name).toBe(200);
      }
      expect(sidecar.ended(), name).toBeUndefined();
    }
    application.closeAllConnections();
    application.close();
    expect(sidecar.group.kills()).toBe(0);
  }, 300_000);
});
