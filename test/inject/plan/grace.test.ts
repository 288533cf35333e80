import { expect, test } from 'vitest';
import { sidecarFlags } from '../../../src/contract/sidecar.ts';
import { type PodEnd, sidecarGrace } from '../../../src/inject/plan/grace.ts';
import { flagSettings, readRequest } from '../../../src/inject/request/request.ts';

const request = (said: Record<string, string>, defaults: Record<string, string> = {}) =>
  readRequest(
    new Map([['metrics-sidecar.io/inject', 'haproxy'], ...Object.entries(said)]),
    {},
    new Map(Object.entries(defaults)),
  );
const key = 'metrics-sidecar.io/shutdown-grace-period';

const endOf = (asked: ReturnType<typeof request>, end: Partial<PodEnd>) =>
  sidecarGrace(flagSettings(asked, 'sidecar', sidecarFlags), asked, {
    ...{ native: true, seconds: 30, runsToCompletion: false },
    ...end,
  });

// said, native, the pod's seconds -> milliseconds, code
test.each([
  [{}, true, 30, 0, undefined],
  [{}, false, 30, 5000, undefined],
  [{}, false, 4, 3000, 'grace_fitted'],
  [{}, false, 0, 0, 'grace_fitted'],
  [{ [key]: '10s' }, true, 30, 10_000, undefined],
  [{ [key]: '10s' }, false, 5, 10_000, 'grace_period'],
] as const)('sidecar %j native %s in %is', (said, native, seconds, expected, code) => {
  const asked = request(said);
  const result = endOf(asked, { native, seconds });
  expect(result.shutdownGracePeriod).toBe(expected);
  expect(result.reasons.map((one) => one.code)).toEqual(code === undefined ? [] : [code]);
});

test('a grace period of the settings holds for native sidecars too', () => {
  const asked = request({}, { [key]: '7s' });
  expect(endOf(asked, { native: true, seconds: 30 }).shutdownGracePeriod).toBe(7000);
});

const waitKey = 'metrics-sidecar.io/shutdown-scrape-wait';

// said, native, the pod's seconds -> grace period and wait in milliseconds, code
test.each([
  [{}, true, 30, [0, 20_000], undefined],
  [{}, true, 15, [0, 14_000], undefined],
  [{}, true, 1, [0, 0], undefined],
  [{}, true, 0, [0, 0], undefined],
  [{}, false, 30, [5000, 20_000], undefined],
  [{}, false, 10, [5000, 4000], undefined],
  [{ [key]: '25s' }, true, 30, [25_000, 4000], undefined],
  [{ [waitKey]: '40s' }, true, 60, [0, 40_000], undefined],
  [{ [waitKey]: '0s' }, true, 30, [0, 0], undefined],
  [{ [waitKey]: '40s' }, true, 30, [0, 40_000], 'grace_period'],
  [{ [waitKey]: '25s' }, false, 30, [5000, 25_000], 'grace_period'],
] as const)('the wait for a scrape: %j native %s in %is', (said, native, seconds, expected, code) => {
  const { shutdownGracePeriod, shutdownScrapeWait, reasons } = endOf(request(said), { native, seconds });
  expect([shutdownGracePeriod, shutdownScrapeWait]).toEqual(expected);
  expect(reasons.map((one) => one.code)).toEqual(code === undefined ? [] : [code]);
});

test('a wait of the settings is fitted to the pod', () => {
  const asked = request({}, { [waitKey]: '65s' });
  expect(endOf(asked, { seconds: 90 }).shutdownScrapeWait).toBe(65_000);
  expect(endOf(asked, { seconds: 30 })).toMatchObject({ shutdownScrapeWait: 29_000, reasons: [] });
});

test.each([
  [{}, false, false],
  [{}, true, true],
  [{ 'metrics-sidecar.io/shutdown-first-scrape': 'false' }, true, false],
  [{ 'metrics-sidecar.io/shutdown-first-scrape': 'true' }, false, true],
] as const)('for a first scrape: %j, runs to completion %s', (said, runsToCompletion, expected) => {
  expect(endOf(request(said), { runsToCompletion }).shutdownFirstScrape).toBe(expected);
});
