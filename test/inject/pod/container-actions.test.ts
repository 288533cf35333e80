import { expect, test } from 'vitest';
import { actionsOf } from '../../../src/inject/pod/container-actions.ts';
import type { JsonObject } from '../../../src/json/json.ts';

test('actions know their paths', () => {
  const container: JsonObject = {
    livenessProbe: { exec: {}, httpGet: { port: 1 } },
    lifecycle: { preStop: { sleep: {}, tcpSocket: { port: 2 } } },
  };
  expect([...actionsOf(container)].map(({ path }) => path)).toEqual([
    'livenessProbe/httpGet',
    'lifecycle/preStop/tcpSocket',
  ]);
});
