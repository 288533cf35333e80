import { expect, test } from 'vitest';
import { headerText } from '../../../src/exposition/text/family-header.ts';

const help = 'back\\slash "quoted"\nline \ud800';

test.each([
  ['text', '# HELP x_seconds back\\\\slash "quoted"\\nline \ufffd\n# TYPE x_seconds gauge\n'],
  [
    'openmetrics',
    '# TYPE x_seconds gauge\n# UNIT x_seconds seconds\n# HELP x_seconds back\\\\slash \\"quoted\\"\\nline \ufffd\n',
  ],
] as const)('of a family in %s', (format, expected) => {
  expect(headerText({ name: 'x_seconds', type: 'gauge', help, unit: 'seconds' }, format)).toBe(expected);
});

test('has no unit that the name does not end in, and no empty help', () => {
  expect(headerText({ name: 'x', type: 'gauge', help: '', unit: 'seconds' }, 'openmetrics')).toBe('# TYPE x gauge\n');
});
