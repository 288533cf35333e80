import { expect, test } from 'vitest';
import { withFields } from '../../src/runtime/logger.ts';
import { logTo } from './log-to.ts';

test('fields that all lines have stand before those of a line', () => {
  const lines: unknown[] = [];
  const log = withFields(
    logTo((...line) => lines.push(line)),
    { secret: 'ns/name', why: '' },
  );
  log.warn('wrote', { why: 'expired' });
  log.info('read');
  expect(lines).toEqual([
    ['warn', 'wrote', { secret: 'ns/name', why: 'expired' }],
    ['info', 'read', { secret: 'ns/name', why: '' }],
  ]);
});
