import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Kube, KubeObject, KubeRequest, KubeResult } from '../../../src/kube/kube.ts';
import { type ListRequest, type ListResult, listAll } from '../../../src/kube/list/list-pages.ts';
import { createLoopGuard } from '../../../src/kube/list/loop-guard.ts';
import { nextPageSize, pageLimits } from '../../../src/kube/list/page-size.ts';
import { type FakeApiServer, startApiServer } from '../api-server.ts';
import { emptyMetadataList } from '../recorded-lists.ts';

const path = '/api/v1/pods';

async function read(kube: Kube, request: Partial<ListRequest> = {}): Promise<{ listed: ListResult; names: string[] }> {
  let names: string[] = [];
  const listed = await listAll(
    kube,
    { path, consistent: false, ...request },
    {
      restart: () => {
        names = [];
      },
      objects: (page) => {
        names.push(...page.map(({ metadata }) => metadata.name));
      },
    },
  );
  return { listed, names };
}

/** A connection that answers by itself, without a server; `asked` are the limits and tokens. */
function answering(answer: (query: Readonly<Record<string, string>>, call: number) => object): Kube & {
  asked: (readonly [limit: string | undefined, next: string | undefined])[];
} {
  const asked: [string | undefined, string | undefined][] = [];
  return {
    asked,
    server: 'x',
    request: async <T>({ query = {} }: KubeRequest) => {
      asked.push([query['limit'], query['continue']]);
      return answer(query, asked.length) as KubeResult<T>;
    },
    stream: () => {
      throw new Error('not asked for here');
    },
    close: () => {},
  };
}

const objects = (count: number, from = 0): KubeObject[] =>
  Array.from({ length: count }, (_, i) => ({ metadata: { name: `p-${from + i}` } }));
const page = (items: unknown, next?: string, bytes = 0) => ({
  ok: true,
  value: { metadata: { resourceVersion: '7', ...(next !== undefined && { continue: next }) }, items },
  warnings: [],
  bytes,
});
const problem = (code: string, more: object = {}) => ({ ok: false, problem: { code, message: code, ...more } });

describe('pages by the bytes seen', () => {
  test.each([
    ['the first page is small, and grows where objects are', 50, 50, 50 * 1000, 100],
    ['never above the most', 400, 400, 400 * 100, pageLimits.most],
    ['as many as fit', 100, 100, 100 * 20_000, 52],
    ['one at least', 4, 1, 3_000_000, 1],
    ['after an empty page', 50, 0, 200, 100],
  ])('%s', (_, size, count, bytes, next) => {
    expect(nextPageSize(size, count, bytes)).toBe(next);
  });

  test('a page that is too large is asked for again from the same place, for half of it', async () => {
    const kube = answering(({ limit }, call) =>
      Number(limit) > 12 ? problem('too_large') : page(objects(1, call), call < 5 ? `t${call}` : undefined, 100_000),
    );
    expect((await read(kube)).listed).toMatchObject({ ok: true });
    expect(kube.asked).toEqual([
      ['50', undefined],
      ['25', undefined],
      ['12', undefined],
      ['10', 't3'],
      ['10', 't4'],
    ]);
  });

  test('one object that is larger than any may be is a problem, not a loop', async () => {
    const kube = answering(() => problem('too_large'));
    expect((await read(kube)).listed).toMatchObject({ ok: false, problem: { code: 'too_large' } });
    expect(kube.asked.map(([limit]) => limit)).toEqual(['50', '25', '12', '6', '3', '1']);
  });
});

describe('a list that expires between two pages', () => {
  let api: FakeApiServer;
  beforeEach(async () => {
    api = await startApiServer();
    for (const name of ['a', 'b', 'c', 'd', 'e']) api.put(`/api/v1/namespaces/x/pods/${name}`, {});
  });
  afterEach(() => api.stop());

  /** Compacts before the second page is answered. */
  const compactOnce = () =>
    api.fail(
      ({ query }) => {
        if (query['continue'] === 'page-1') api.compact();
        return false;
      },
      { status: 500 },
    );

  test('goes on with the token of the refusal, and says so', async () => {
    compactOnce();
    const { listed, names } = await read(api.kube(), { firstPage: 2 });
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(listed).toMatchObject({ ok: true, consistent: false });
    expect(api.calls.every(({ query }) => query['limit'] !== undefined)).toBe(true);
  });

  test('starts again in pages where it has to be of one version', async () => {
    compactOnce();
    const { listed, names } = await read(api.kube(), { firstPage: 2, consistent: true });
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(listed).toMatchObject({ ok: true, consistent: true });
    expect(api.calls.every(({ query }) => query['limit'] !== undefined)).toBe(true);
  });

  test('starts again a few times, not for ever', async () => {
    const kube = answering(({ continue: next }) => (next === undefined ? page(objects(1), 't') : problem('gone')));
    expect((await read(kube, { consistent: true })).listed).toMatchObject({ ok: false, problem: { code: 'gone' } });
    expect(kube.asked).toHaveLength(8);
  });

  test('a refusal that brings the same token again and again ends', async () => {
    const kube = answering(({ continue: next }) =>
      next === undefined ? page(objects(1), 't') : problem('gone', { continue: 'again' }),
    );
    expect((await read(kube)).listed).toMatchObject({ ok: false, problem: { code: 'gone' } });
  });
});

test('an empty list of a real API server', async () => {
  const kube = answering(() => ({ ok: true, value: emptyMetadataList, warnings: [] }));
  expect(await read(kube)).toEqual({ listed: { ok: true, version: '252', consistent: true }, names: [] });
});

test('more than 25,000 pods', async () => {
  const kube = answering(({ limit, continue: next = '0' }) => {
    const from = Number(next);
    const count = Math.min(Number(limit), 26_000 - from);
    return page(objects(count, from), from + count < 26_000 ? String(from + count) : undefined, count * 4000);
  });
  expect((await read(kube, { consistent: true })).names).toHaveLength(26_000);
});

describe('a list without an end is a problem', () => {
  test.each([
    ['the same token', () => 'same'],
    ['tokens in a circle', (call: number) => `t${call % 7}`],
  ])('%s', async (_, token) => {
    const kube = answering((_query, call) => page(objects(1), token(call)));
    expect((await read(kube)).listed).toMatchObject({
      ok: false,
      problem: { message: expect.stringMatching(/no end/) },
    });
    expect(kube.asked.length).toBeLessThan(40);
  });

  test('ever new tokens, by the number of pages', () => {
    const guard = createLoopGuard(1000);
    let pages = 0;
    while (guard.goesOn(`t${pages}`)) pages += 1;
    expect(pages).toBe(1000);
  });

  test('ever new objects, by their number', async () => {
    const kube = answering((_query, call) => page(objects(50), `t${call}`));
    const { listed } = await read(kube, { mostObjects: 120 });
    expect(listed).toMatchObject({ ok: false, problem: { message: expect.stringMatching(/more than 120 objects/) } });
  });
});

describe('an API server that is busy', () => {
  test('is waited for as long as it says, and the list goes on where it was', async () => {
    const kube = answering((_query, call) => {
      if (call === 2) return problem('throttled', { retryAfter: 5 });
      return page(objects(2, call), call === 1 ? 't' : undefined);
    });
    const { listed, names } = await read(kube);
    expect([listed.ok, names.length]).toEqual([true, 4]);
    expect(kube.asked.map(([, next]) => next)).toEqual([undefined, 't', 't']);
  });

  test('is not waited for for ever', async () => {
    const kube = answering(() => problem('throttled', { retryAfter: 1 }));
    expect((await read(kube)).listed).toMatchObject({ ok: false, problem: { code: 'throttled' } });
    expect(kube.asked).toHaveLength(9);
  });

  test('a list that was ended waits no longer', async () => {
    const ending = new AbortController();
    const kube = answering(() => {
      queueMicrotask(() => ending.abort());
      return problem('throttled', { retryAfter: 1_000_000 });
    });
    expect((await read(kube, { signal: ending.signal })).listed).toMatchObject({ ok: false });
    expect(kube.asked).toHaveLength(1);
  });
});
