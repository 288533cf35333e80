import { expect, test } from 'vitest';
import { haproxyFlags } from '../../../src/contract/haproxy.ts';
import { flagSettings, readRequest } from '../../../src/inject/request/request.ts';
import { proxyGrace } from '../../../src/kinds/injection/proxy-grace.ts';

const request = (said: Record<string, string>) =>
  readRequest(new Map([['metrics-sidecar.io/inject', 'haproxy'], ...Object.entries(said)]), {}, new Map());

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
