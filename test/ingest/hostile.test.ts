import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStore } from '../../src/exposition/store.ts';
import { excessOf } from '../../src/ingest/json/json-excess.ts';
import { parseJson } from '../../src/ingest/json/monasca.ts';
import { createIngest } from '../../src/ingest/push.ts';
import { createPushRecorder } from '../../src/ingest/push-recorder.ts';
import { parsePage } from '../exposition/parsed-page.ts';
import { pageOf, storeLimits } from './running.ts';

const begin = 1_700_000_000_000;
const pageLimits = {
  ...{ bytes: 1e6, lineCharacters: 1e4, samples: 1e5, families: 1000 },
  ...{ labelsPerSeries: 100, labelValueBytes: 1e4 },
};

const name = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      'x',
      'y',
      'x_total',
      'x_count',
      'x_sum',
      'x_bucket',
      'x_created',
      'x_info',
      'ingest_clients',
    ),
  },
  { weight: 1, arbitrary: fc.string() },
);
const type = fc.constantFrom('counter', 'gauge', 'untyped', 'unknown', 'histogram', 'summary', 'info', 'stateset', 'x');
const labelName = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('a', 'b', 'le', 'quantile', '_id', '_aggregate', 'x', '__proto__', '__name__', ''),
  },
  { weight: 1, arbitrary: fc.string() },
);
const labelValue = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('', '1', '2', '+Inf', '0.5', 'NaN', 'sum', 'max', '\ud800', 'a\n"\\', '1e3'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const value = fc.oneof(
  { weight: 6, arbitrary: fc.nat(9) },
  fc.double(),
  fc.constantFrom('NaN', '+Inf', '-Inf', 'x', null, true, Number.MAX_VALUE),
);
const row = fc.record(
  { name, labels: fc.dictionary(labelName, labelValue, { maxKeys: 3 }), value },
  { requiredKeys: ['value'] },
);
const family = fc.record(
  {
    name,
    type: fc.oneof({ weight: 9, arbitrary: type }, fc.jsonValue()),
    help: fc.string({ unit: 'binary' }),
    aggregate: fc.constantFrom('sum', 'mean', 'last', 'x'),
    values: fc.oneof({ weight: 12, arbitrary: fc.array(row, { maxLength: 5 }) }, fc.jsonValue()),
  },
  { requiredKeys: ['name', 'values'] },
);
/** Payloads that are nearly right, so that many are taken, and some that are anything. */
const payload = fc.oneof(
  { weight: 12, arbitrary: fc.array(family, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.jsonValue() },
);
/** Families that are right by themselves, so that what refuses them is the store: names that collide, limits. */
const right = fc.array(
  fc
    .tuple(
      fc.constantFrom('x', 'y', 'x_total', 'x_count', 'x_sum', 'y_bucket'),
      fc.constantFrom('counter', 'gauge', 'untyped'),
      fc.uniqueArray(fc.nat(30), { maxLength: 8 }),
      fc.nat(9),
    )
    .map(([of, as, labels, number]) => ({
      name: of,
      type: as,
      values: labels.map((label) => ({ labels: { a: String(label) }, value: number })),
    })),
  { maxLength: 3 },
);
/** A histogram that is right but for what chance adds, since chance alone hardly makes one. */
const histogram = fc
  .tuple(name, fc.uniqueArray(fc.constantFrom('0.1', '1', '1.0', '5', '+Inf'), { maxLength: 4 }), fc.nat(9), value)
  .map(([of, bounds, count, sum]) => [
    {
      name: of,
      type: 'histogram',
      values: [
        ...bounds.map((le) => ({ name: `${of}_bucket`, labels: { le }, value: count })),
        { name: `${of}_sum`, value: sum },
        { name: `${of}_count`, value: count },
      ],
    },
  ]);
const push = fc.record({
  payload: fc.oneof({ weight: 2, arbitrary: payload }, { weight: 2, arbitrary: right }, histogram),
  client: fc.constantFrom(undefined, 'a', 'b'),
  start: fc.constantFrom(undefined, begin / 1000, begin / 1000 + 10),
  wait: fc.constantFrom(0, 1000, 59_999, 60_000, 700_000),
});

describe('hostile payloads', () => {
  test.each([
    ['levels', '['.repeat(100) + ']'.repeat(100), 400, '/0'.repeat(17)],
    ['empty objects', `[${'{},'.repeat(300_000)}{}]`, 422, '/2'],
    [
      'labels',
      `[{"name":"a","values":[{"value":1,"labels":{${'"l":"v",'.repeat(300_000)}"l":"v"}}]}]`,
      422,
      '/0/values/0',
    ],
  ])('too many %s are refused before they are parsed, with their place and the flag', (_what, text, status, place) => {
    const refusal = excessOf(text, 50_000);
    expect(refusal).toMatchObject({ status, count: 1 });
    expect(refusal?.problems?.[0]?.pointer.startsWith(place)).toBe(true);
    if (status === 422) expect(refusal?.problems?.[0]?.detail).toContain('--ingest.push-limit');
  });

  test('never throw; refused they change nothing, taken they leave a page that parses', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(push, { maxLength: 12 }), (pushes) => {
        let now = begin;
        const limits = { ...storeLimits, families: 30, series: 90, labelsPerSeries: 2, labelValueBytes: 20 };
        const store = createStore({ limits, now: () => now });
        createPushRecorder(store);
        const ingest = createIngest({ store, limits: { ttl: 60_000, clients: 3, values: 40 }, startedAt: begin });
        const state = () =>
          [pageOf(store), ingest.clients.live.size, ingest.clients.values, [...ingest.outputs.families]] as const;
        for (const { payload: sent, client, start, wait } of pushes) {
          now += wait;
          ingest.expire(now);
          const before = state();
          const pushed = ingest.push(sent, { client, start }, now);
          if (pushed.ok) taken++;
          else expect(state()).toEqual(before);
          expect(ingest.clients.values).toBeLessThanOrEqual(40);
          expect(ingest.clients.live.size).toBeLessThanOrEqual(3);
          for (const format of ['text', 'openmetrics'] as const) {
            const page = parsePage(store.render(format), format, pageLimits);
            expect(page.badLines).toEqual([]);
          }
        }
      }),
      { numRuns: 400 },
    );
    // The generator is no use where it makes refusals only.
    expect(taken).toBeGreaterThan(300);
  });

  test('of any text parseJson says JSON or not', () => {
    const texts = [
      '"\\'.repeat(200_000),
      `${'"\\"'.repeat(200_000)}NaN`,
      '['.repeat(500_000),
      '{"a":'.repeat(200_000),
      `[NaN,${'-Infinity,'.repeat(100_000)}`,
      'NaN'.repeat(100_000),
    ];
    for (const text of texts) {
      expect(parseJson(text).ok).toBe(false);
    }
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => json.slice(1)),
        ),
        (text) => {
          const result = parseJson(text);
          expect(typeof result.ok).toBe('boolean');
        },
      ),
    );
  });

  test('reads bare NaN and Infinity outside of strings only', () => {
    expect(parseJson('[NaN,Infinity,-Infinity,"NaN","\\"NaN"]')).toEqual({
      ok: true,
      value: ['NaN', '+Inf', '-Inf', 'NaN', '"NaN'],
    });
    expect(parseJson('[NaNa]').ok).toBe(false);
  });

  test('a refused push makes no tombstone give way', () => {
    const store = createStore({ limits: storeLimits, now: () => begin });
    const ingest = createIngest({ store, limits: { ttl: 60_000, clients: 3, values: 20 }, startedAt: begin });
    const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ labels: { a: `${i}` }, value: 1 }));
    const push = (client: string, families: object[], now: number) =>
      ingest.push(families, { client, start: undefined }, now).ok;
    expect(push('gone', [{ name: 'x_total', type: 'counter', values: rows(8) }], begin)).toBe(true);
    expect(ingest.expire(begin + 60_000).expired).toBe(1);
    // Five new values need room, but x_total is a counter.
    expect(push('new', [{ name: 'x_total', type: 'gauge', values: rows(5) }], begin + 60_000)).toBe(false);
    expect([ingest.clients.gone.size, ingest.clients.values]).toEqual([1, 16]);
    expect(push('new', [{ name: 'y_total', type: 'counter', values: rows(5) }], begin + 60_000)).toBe(true);
    expect([ingest.clients.gone.size, ingest.clients.values]).toEqual([0, 10]);
  });
});
