import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { webhookFlags } from '../../../src/contract/webhook.ts';
import { defaults } from '../../../src/flags/flag.ts';
import { connectionBytes, memoryBounds } from '../../../src/webhook/http/memory-bounds.ts';

const mebibyte = 2 ** 20;
const values = readFileSync(join(import.meta.dirname, '../../../charts/metrics-sidecar/values.yaml'), 'utf8');
const chartLimit = Number(/limits:\n {4}memory: (\d+)Mi/.exec(values)![1]) * mebibyte;

test("within the chart's limit the flags' defaults are what they say", () => {
  const { connections, bodiesLimit } = defaults(webhookFlags);
  expect([connections, bodiesLimit]).toEqual([512, 32 * mebibyte]);
  expect(memoryBounds(defaults(webhookFlags), chartLimit)).toEqual({ connections, bodies: bodiesLimit });
});

test('connections, bodies, one review that is judged and the program fit the memory limit together', () => {
  const { connections, bodies } = memoryBounds(defaults(webhookFlags), chartLimit);
  const program = 110 * mebibyte;
  // A body is held twice while its pieces are put together, and its text and values take some 12 times its size.
  const judged = 12 * defaults(webhookFlags).reviewLimit;
  expect(program + judged + connections * connectionBytes + bodies).toBeLessThan(chartLimit);
});

test('a smaller container has fewer of both, an unbounded one what the flags say', () => {
  expect(memoryBounds(defaults(webhookFlags), 64 * mebibyte)).toEqual({ connections: 67, bodies: 4 * mebibyte });
  expect(memoryBounds({ connections: 10_000, bodiesLimit: 2 ** 30 }, Number.POSITIVE_INFINITY)).toEqual({
    connections: 10_000,
    bodies: 2 ** 30,
  });
});
