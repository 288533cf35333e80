import { describe, expect, test } from 'vitest';
import { parseCounters } from '../../src/port-monitor/protocol-counters.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('parseCounters', () => {
  const wanted = new Set(['Tcp A', 'Tcp C', 'TcpExt A']);
  test.each<[string, string, Record<string, number>]>([
    ['pairs of lines', 'Ip: A\nIp: 9\nTcp: A B C\nTcp: 1 2 3\n', { 'Tcp A': 1, 'Tcp C': 3 }],
    ['protocols that begin alike', 'Tcp: A\nTcpExt: A\nTcpExt: 5\n', { 'TcpExt A': 5 }],
    ['a value too few', 'Tcp: A B C\nTcp: 1 2\n', {}],
    ['a value too many', 'Tcp: A\nTcp: 1 2\nTcpExt: A\nTcpExt: 3\n', { 'TcpExt A': 3 }],
    ['names alone, as in gVisor', 'TcpExt: A B\n', {}],
    ['values without a line feed', 'TcpExt: A\nTcpExt: 12', {}],
    ['values that are no counts', 'Tcp: A C\nTcp: -1 x\n', {}],
    ['no protocol', 'A\n1\n\n\n', {}],
  ])('%s', (_, text, expected) => {
    expect(Object.fromEntries(parseCounters(bytes(text), wanted))).toEqual(expected);
  });
});
