import { expect, test } from 'vitest';
import { excessPlace } from '../../src/json/excess-place.ts';

test.each([
  ['[[[1]]]', { depth: 2, values: 100 }, '/0/0/0'],
  ['[1,2,3,4]', { depth: 9, values: 3 }, '/3'],
  ['[{"values":[{"labels":{"a":"1","b":"2","c":"3"}}]}]', { depth: 9, values: 6 }, '/0/values/0/labels/2'],
  ['{"a":{"b\\"[":[1,2,3]}}', { depth: 9, values: 4 }, '/a/b\\"[/2'],
])('%s passes %j at %s', (text, bounds, place) => {
  expect(excessPlace(text, bounds)).toBe(place);
});
