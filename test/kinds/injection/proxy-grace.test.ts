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
] as const)('HAProxy as a plain container %j in %is', (said, seconds, expected, code) => {
  fits(request(said), seconds, false, expected, code);
});

test.each([
  [{}, 30, [0, 20_000], undefined],
  [{}, 21, [0, 20_000], undefined],
  [{}, 20, [0, 19_000], 'grace_fitted'],
  [{}, 0, [0, 1000], 'grace_fitted'],
  [{ [grace]: '3s' }, 30, [3000, 20_000], undefined],
  [{ [grace]: '0s' }, 30, [0, 20_000], undefined],
] as const)('HAProxy as a native sidecar %j in %is', (said, seconds, expected, code) => {
  fits(request(said), seconds, true, expected, code);
});

test('a grace that the settings give holds for native sidecars too', () => {
  const asked = readRequest(new Map([['metrics-sidecar.io/inject', 'haproxy']]), {}, new Map([[grace, '5s']]));
  fits(asked, 30, true, [5000, 20_000], undefined);
});

function fits(
  asked: ReturnType<typeof request>,
  seconds: number,
  native: boolean,
  expected: readonly number[],
  code: string | undefined,
): void {
  const result = proxyGrace(flagSettings(asked, 'haproxy', haproxyFlags), asked, seconds, native);
  expect([result.grace, result.hardStopAfter]).toEqual(expected);
  expect(result.reasons.map((one) => one.code)).toEqual(code === undefined ? [] : [code]);
}
