import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitRangeItems } from '../../src/cluster/limit-range-items.ts';
import type { Json, JsonObject } from '../../src/json/json.ts';

const container = { type: 'Container', max: { memory: '100Mi' }, defaultRequest: { cpu: '10m' } };
const pod = { type: 'Pod', maxLimitRequestRatio: { cpu: '2' } };

test.each<[what: string, limits: Json, items: readonly unknown[]]>([
  ['items of pods and containers', [container, pod], [container, pod]],
  ['an item of another type', [{ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }, pod], [pod]],
  ['a field that is null', [{ ...pod, min: null }], [pod]],
  ['fields that nobody reads', [{ ...pod, custom: 1 }], [pod]],
  ['a quantity that is no text', [{ type: 'Pod', max: { cpu: 2 } }, container], [container]],
  ['quantities that are no map', [{ type: 'Pod', max: ['1'] }, container], [container]],
  ['no object', [null, 'x', 1, [], container], [container]],
  ['no list', { 0: container }, []],
])('%s', (_, limits, items) => {
  expect(limitRangeItems({ spec: { limits } })).toEqual(items);
});

test('whatever it holds, it is read', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(fc.jsonValue()), (spec, limits) => {
      for (const one of [{ spec }, { spec: { limits } }, {}]) {
        expect(limitRangeItems(one as JsonObject).every(({ type }) => type === 'Pod' || type === 'Container')).toBe(
          true,
        );
      }
    }),
  );
});
