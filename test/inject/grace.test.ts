import { expect, test } from 'vitest';
import { haproxyFlags } from '../../src/contract/haproxy.ts';
import { sidecarFlags } from '../../src/contract/sidecar.ts';
import { proxyGrace, sidecarGrace } from '../../src/inject/grace.ts';
import { flagSettings, readRequest } from '../../src/inject/request.ts';

const request = (said: Record<string, string>, defaults: Record<string, string> = {}) =>
  readRequest(
    new Map([['metrics-sidecar.io/inject', 'haproxy'], ...Object.entries(said)]),
    {},
    new Map(Object.entries(defaults)),
  );
const key = 'metrics-sidecar.io/shutdown-grace-period';

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
  const result = sidecarGrace(flagSettings(asked, 'sidecar', sidecarFlags), asked, native, seconds);
  expect(result.shutdownGracePeriod).toBe(expected);
  expect(result.reasons.map((one) => one.code)).toEqual(code === undefined ? [] : [code]);
});

test('a grace period of the settings holds for native sidecars too', () => {
  const asked = request({}, { [key]: '7s' });
  expect(sidecarGrace(flagSettings(asked, 'sidecar', sidecarFlags), asked, true, 30).shutdownGracePeriod).toBe(7000);
});

const grace = 'haproxy.metrics-sidecar.io/grace';
const hard = 'haproxy.metrics-sidecar.io/hard-stop-after';

test.each([
  [{}, 30, [3000, 20_000], undefined],
  [{}, 10, [3000, 6000], 'grace_fitted'],
  [{}, 3, [1000, 1000], 'grace_fitted'],
  [{}, 0, [0, 1000], 'grace_fitted'],
  [{ [grace]: '8s' }, 10, [8000, 1000], 'grace_fitted'],
  [{ [grace]: '20s' }, 10, [20_000, 1000], 'grace_period'],
  [{ [hard]: '60s' }, 30, [3000, 60_000], 'grace_period'],
] as const)('HAProxy %j in %is', (said, seconds, expected, code) => {
  const asked = request(said);
  const result = proxyGrace(flagSettings(asked, 'haproxy', haproxyFlags), asked, seconds);
  expect([result.grace, result.hardStopAfter]).toEqual(expected);
  expect(result.reasons.map((one) => one.code)).toEqual(code === undefined ? [] : [code]);
});
