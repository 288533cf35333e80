import { expect, test } from 'vitest';
import { isFirstInPod } from '../../src/ingest/first-in-pod.ts';

const snmp = (opens: string) =>
  `Ip: Forwarding DefaultTTL\nIp: 1 64\nTcp: RtoAlgorithm RtoMin ActiveOpens PassiveOpens AttemptFails\nTcp: 1 200 12 ${opens} 3\nUdp: InDatagrams\nUdp: 0\n`;

test.each([
  [snmp('0'), true],
  [snmp('1'), false],
  [snmp(''), false],
  ['', false],
  ['Tcp: 0\nTcp: 0\n', false],
  [undefined, false],
])('%j: %s', (text, expected) => {
  expect(isFirstInPod(text)).toBe(expected);
});
