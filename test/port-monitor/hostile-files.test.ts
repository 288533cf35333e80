import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePortRange, parseReservedPorts } from '../../src/port-monitor/port-range.ts';
import { parseCounters } from '../../src/port-monitor/protocol-counters.ts';
import { parseSockstat } from '../../src/port-monitor/sockstat.ts';

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
      fc.property(text, (content) => {
        const file = Buffer.from(content);
        const fields = [...parseSockstat(file).values(), ...parseCounters(file, new Set(['Tcp A'])).values()];
        for (const value of fields) expect(value >= 0 && Number.isInteger(value)).toBe(true);
        const range = parsePortRange(file);
        if (range !== undefined) expect(range.low <= range.high && range.high <= 65535).toBe(true);
        for (const { low, high } of parseReservedPorts(file) ?? []) expect(low <= high && high <= 65535).toBe(true);
      }),
    );
  });
});
