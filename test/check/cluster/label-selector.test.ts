import type { V1LabelSelector } from '@kubernetes/client-node';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectorText, selects } from '../../../src/check/cluster/label-selector.ts';
import { selected } from '../../kube/api-select.ts';

test.each<[V1LabelSelector, Record<string, string>, boolean]>([
  [{}, {}, true],
  [{ matchLabels: { app: 'web' } }, { app: 'web', tier: 'a' }, true],
  [{ matchLabels: { app: 'web' } }, { app: 'api' }, false],
  [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, {}, true],
  [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] }, {}, false],
  [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, { app: '' }, false],
  [{ matchExpressions: [{ key: 'app', operator: 'Sometimes' }] }, { app: 'web' }, false],
])('%j takes %j: %s', (selector, labels, is) => {
  expect(selects(selector, labels)).toBe(is);
});

test('what is decided here is what the API server decides by the text of the selector', () => {
  const key = fc.constantFrom('app', 'tier', 'a.example/b');
  const value = fc.constantFrom('web', 'api', 'x');
  const expression = fc.oneof(
    fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
    fc.record({
      key,
      operator: fc.constantFrom('In', 'NotIn'),
      values: fc.uniqueArray(value, { minLength: 1 }),
    }),
  );
  const selector = fc.record({ matchLabels: fc.dictionary(key, value), matchExpressions: fc.array(expression) });
  fc.assert(
    fc.property(selector, fc.dictionary(key, value), (one, labels) => {
      const bySelector = selected({ metadata: { name: 'x', labels } }, { labelSelector: selectorText(one) });
      expect(selects(one, labels)).toBe(bySelector);
    }),
  );
});
