import { describe, expect, test } from 'vitest';
import { parseSockstat } from '../../src/port-monitor/sockstat.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('parseSockstat', () => {
  test.each<[string, string, Record<string, number>]>([
    [
      'the lines of Linux',
      'sockets: used 3\nTCP: inuse 1 orphan 0 tw 2\n',
      { 'sockets used': 3, 'TCP inuse': 1, 'TCP orphan': 0, 'TCP tw': 2 },
    ],
    ['a torn last line', 'TCP: inuse 1\nUDP: inuse 22', { 'TCP inuse': 1 }],
    ['a field without a number', 'TCP: inuse\nUDP: inuse x mem 3\n', { 'UDP mem': 3 }],
    ['a negative or too long number', `TCP: inuse -1 tw ${'9'.repeat(21)} mem 5\n`, { 'TCP mem': 5 }],
    ['a line without a protocol', 'inuse 1\n: inuse 2\n', { ' inuse': 2 }],
    ['blanks of every kind', '\n  \nTCP:\t inuse   7  \n', { 'TCP inuse': 7 }],
    ['nothing', '', {}],
  ])('%s', (_, text, expected) => {
    expect(Object.fromEntries(parseSockstat(bytes(text)))).toEqual(expected);
  });
});
