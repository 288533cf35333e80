import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePortRange, parseReservedPorts, reservedWithin } from '../../src/port-monitor/port-range.ts';
import { parseCounters } from '../../src/port-monitor/protocol-counters.ts';
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

describe('port ranges', () => {
  test.each<[string, unknown]>([
    ['32768\t60999\n', { low: 32768, high: 60999 }],
    ['1 1\n', { low: 1, high: 1 }],
    ['60999 32768\n', undefined],
    ['1 70000\n', undefined],
    ['1\n', undefined],
    ['1 2 3\n', undefined],
    ['1 2\n3 4\n', undefined],
    ['1 2', undefined],
    ['', undefined],
    ['-1 2\n', undefined],
  ])('parsePortRange(%j)', (text, expected) => {
    expect(parsePortRange(bytes(text))).toEqual(expected);
  });

  test.each<[string, unknown]>([
    ['\n', []],
    ['', []],
    ['80\n', [{ low: 80, high: 80 }]],
    [
      '1-3,80,8000-8001\n',
      [
        { low: 1, high: 3 },
        { low: 80, high: 80 },
        { low: 8000, high: 8001 },
      ],
    ],
    ['1,,2\n', undefined],
    ['1,\n', undefined],
    ['3-1\n', undefined],
    ['1-2-3\n', undefined],
    ['x\n', undefined],
    ['1-65536\n', undefined],
    ['1', undefined],
  ])('parseReservedPorts(%j)', (text, expected) => {
    expect(parseReservedPorts(bytes(text))).toEqual(expected);
  });

  test('reservedWithin counts each reserved port of the range once', () => {
    const port = fc.integer({ min: 0, max: 60 });
    const range = fc.tuple(port, port).map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));
    fc.assert(
      fc.property(range, fc.array(range, { maxLength: 6 }), (whole, reserved) => {
        let expected = 0;
        for (let at = whole.low; at <= whole.high; at++) {
          if (reserved.some(({ low, high }) => low <= at && at <= high)) expected++;
        }
        expect(reservedWithin(whole, reserved)).toBe(expected);
      }),
    );
  });
});

describe('hostile files', () => {
  test('give numbers that are counts, or nothing', () => {
    const word = fc.constantFrom(
      'Tcp:',
      'TCP:',
      'A',
      'inuse',
      '1',
      '-',
      '\n',
      ' ',
      '\t',
      '99999999999999999999',
      '\u0000',
      ',',
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 30 }).map((words) => words.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (given) => {
        const file = Buffer.from(given);
        const fields = [...parseSockstat(file).values(), ...parseCounters(file, new Set(['Tcp A'])).values()];
        for (const value of fields) expect(value >= 0 && Number.isInteger(value)).toBe(true);
        const range = parsePortRange(file);
        if (range !== undefined) expect(range.low <= range.high && range.high <= 65535).toBe(true);
        for (const { low, high } of parseReservedPorts(file) ?? []) expect(low <= high && high <= 65535).toBe(true);
      }),
    );
  });
});
