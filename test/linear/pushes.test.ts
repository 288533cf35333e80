import { describe, expect, test } from 'vitest';
import { createStore } from '../../src/exposition/store.ts';
import { isFirstInPod } from '../../src/ingest/first-in-pod.ts';
import { isLoopback, writeProblem } from '../../src/ingest/http/push-access.ts';
import { excessOf } from '../../src/ingest/json/json-excess.ts';
import { parseJson } from '../../src/ingest/json/monasca.ts';
import { createIngest } from '../../src/ingest/push.ts';
import { steepness } from './growth.ts';
import { many } from './many.ts';
import { attackShapes, type Shape } from './shapes.ts';

const limits = { families: 5000, series: 50_000, seriesPerFamily: 50_000, labelsPerSeries: 30, labelValueBytes: 2048 };

/** From the text of a body to the page, twice: a payload of a shape that is known goes another way. */
function push(text: string): void {
  if (excessOf(text, 100_000) !== undefined) return;
  const json = parseJson(text);
  if (!json.ok) return;
  const store = createStore({ limits, now: () => 0 });
  const ingest = createIngest({ store, limits: { ttl: 1000, clients: 10_000, values: 100_000 }, startedAt: 0 });
  for (const now of [1, 2]) ingest.push(json.value, { client: undefined, start: undefined }, now);
  store.render('text');
  ingest.expire(5000);
}

const body = (family: object, row: object = {}) =>
  push(
    JSON.stringify([{ name: 'a', type: 'counter', ...family, values: [{ value: 1, labels: { _id: 'a' }, ...row }] }]),
  );
const label = (labels: object) => body({}, { labels: { _id: 'a', ...labels } });

/** What a client may write; the body limit of 1 MiB is larger than what is tried. */
const parts: Readonly<Record<string, (text: string) => unknown>> = {
  'a body': push,
  'JSON in a list': (text) => push(`[${text}]`),
  'a name': (text) => body({ name: text }),
  'a type': (text) => body({ type: text }),
  'a help text': (text) => body({ help: text }),
  'an aggregate': (text) => body({ aggregate: text }),
  'the name of a row': (text) => body({}, { name: text }),
  'a value': (text) => body({}, { value: text }),
  'an id': (text) => label({ _id: text }),
  'the aggregate of a row': (text) => label({ _aggregate: text }),
  'a label name': (text) => label({ [text]: 'a' }),
  'a label value': (text) => label({ a: text }),
  le: (text) => body({ type: 'histogram' }, { name: 'a_bucket', labels: { le: text } }),
  quantile: (text) => body({ type: 'summary' }, { labels: { quantile: text } }),
  Origin: (text) => writeProblem('127.0.0.1', { origin: text }, false),
  'an address': isLoopback,
  '/proc/net/snmp': isFirstInPod,
};

describe.each(Object.entries(parts))('%s of a push', (_, run) => {
  test.each(attackShapes)('$name', async ({ make }) => {
    expect(await steepness(run, make)).toBeUndefined();
  });
});

const rows = (name: string, type: string, row: (i: number) => object): Shape =>
  many(
    name,
    (i) => `${i === 0 ? '' : ','}${JSON.stringify(row(i))}`,
    `[{"name":"a","type":"${type}","values":[`,
    ']}]',
  );

const manyRows: readonly Shape[] = [
  many('families', (i) => `${i === 0 ? '' : ','}{"name":"f${i}","type":"gauge","values":[{"value":1}]}`, '[', ']'),
  many(
    'families of one name',
    (i) => `${i === 0 ? '' : ','}{"name":"f","type":"gauge","values":[{"value":1,"labels":{"a":"${i}"}}]}`,
    '[',
    ']',
  ),
  many('families without a type', (i) => `${i === 0 ? '' : ','}{"name":"f${i}","values":[{"value":1}]}`, '[', ']'),
  rows('series', 'counter', (i) => ({ value: 1, labels: { _id: 'a', l: `${i}` } })),
  rows('clients', 'counter', (i) => ({ value: 1, labels: { _id: `c${i}` } })),
  rows('one series', 'counter', () => ({ value: 1, labels: { _id: 'a' } })),
  rows('labels', 'gauge', (i) => ({ value: 1, labels: { [`l${i}`]: 'v' } })),
  rows('buckets', 'histogram', (i) => ({ name: 'a_bucket', value: i, labels: { _id: 'a', le: `${i}` } })),
  rows('buckets in the other order', 'histogram', (i) => ({
    name: 'a_bucket',
    value: 1e6 - i,
    labels: { _id: 'a', le: `${1e6 - i}` },
  })),
  rows('buckets of many clients', 'histogram', (i) => ({
    name: 'a_bucket',
    value: 1,
    labels: { _id: `c${i % 50}`, le: `${i}` },
  })),
  rows('quantiles', 'summary', (i) => ({ value: 1, labels: { _id: 'a', quantile: `0.${i + 1}` } })),
  rows('problems', 'counter', (i) => ({ value: 'x', labels: { '-': `${i}` } })),
  rows('gauges of many clients', 'gauge', (i) => ({ value: i, labels: { _id: `c${i}` } })),
  many(
    'labels of one row',
    (i) => `${i === 0 ? '' : ','}"l${i}":"v"`,
    '[{"name":"a","type":"gauge","values":[{"value":1,"labels":{',
    '}}]}]',
  ),
];

test.each(manyRows)('a push of many: $name', async ({ make }) => {
  expect(await steepness(push, make, 524_288)).toBeUndefined();
});
