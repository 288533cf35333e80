import { expect, test } from 'vitest';
import { podStatus, readStatus } from '../../../src/inject/pod/status-annotation.ts';

const statusOf = (status: object) => podStatus(readStatus(JSON.stringify(status)));
const empty = { version: '', kinds: [], native: false, scrapeDecision: '', metricsPort: undefined, reasons: [] };

test('the status of an injected pod', () => {
  const status = {
    version: '1.2.3',
    injected: true,
    kinds: ['statsd'],
    ports: { metrics: 9102 },
    decisions: { native: true, slot: 'ours' },
    reasons: ['clash'],
  };
  expect(statusOf(status)).toEqual({
    injected: true,
    version: '1.2.3',
    kinds: ['statsd'],
    native: true,
    scrapeDecision: 'ours',
    metricsPort: 9102,
    reasons: ['clash'],
  });
});

test('the status of a refused pod has a sentence for each reason', () => {
  const reasons = [{ code: 'bad_value', detail: 'the value is wrong' }, { code: 'windows' }, {}, null, 7];
  expect(statusOf({ injected: false, reasons })?.reasons).toEqual([
    'the value is wrong',
    'windows',
    'unknown',
    'unknown',
    'unknown',
  ]);
});

test.each([{}, { injected: 'true' }, { injected: null }, []])('%j says nothing of an injection', (status) => {
  expect(statusOf(status)).toBeUndefined();
});

test('a field of another type counts as absent', () => {
  const edited = { version: 1, kinds: 'statsd', ports: [], decisions: { native: 'yes', slot: 3 }, reasons: {} };
  expect(statusOf({ injected: true, ...edited })).toEqual({ injected: true, ...empty });
  expect(statusOf({ injected: true, kinds: ['statsd', 1, null] })?.kinds).toEqual(['statsd']);
});
