import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MetricType } from '../../../src/exposition/metric/family.ts';
import type { Series } from '../../../src/exposition/metric/metric-store.ts';
import { emptyStore, family, openMetrics, series, text } from '../fixture.ts';

const labels = fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2', '10', 'é', '"'), { maxKeys: 2 });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('add' as const), labels }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), labels }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('render' as const), labels }) },
);

test('gives the same page after any coming and going as a store that was filled at once', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.constantFrom<MetricType>('counter', 'histogram'),
      (steps, type) => {
        const store = emptyStore();
        const spec = { name: 'x_total', type, bounds: [1] };
        const handle = family(store, spec);
        const alive = new Map<Series, Record<string, string>>();
        for (const one of steps) {
          if (one.do === 'render') {
            text(store);
            continue;
          }
          const at = series(handle, one.labels);
          if (one.do === 'add') {
            alive.set(at, one.labels);
          } else {
            alive.delete(at);
            handle.remove(at);
          }
        }
        const fresh = emptyStore();
        for (const each of alive.values()) series(family(fresh, spec), each);
        expect(text(store)).toBe(text(fresh));
        expect(openMetrics(store)).toBe(openMetrics(fresh));
        expect(store.seriesCount).toBe(fresh.seriesCount);
      },
    ),
    { numRuns: 500 },
  );
});
