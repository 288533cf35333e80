import { digits, wholeLines, words } from './proc-lines.ts';
import type { Fields } from './sockstat.ts';

/**
 * Reads /proc/net/snmp or netstat: pairs of lines, the names of a protocol's counters and below them their values, both
 * beginning with `Tcp:` (Linux, net/ipv4/proc.c). The set of names differs from kernel to kernel.
 *
 * @param wanted the counters to give back, as `Tcp ActiveOpens`
 * @returns the wanted counters with a number; none of a pair whose lines do not fit each other
 */
export function parseCounters(bytes: Buffer, wanted: ReadonlySet<string>): Fields {
  const fields = new Map<string, number>();
  let names: Buffer | undefined;
  for (const line of wholeLines(bytes)) {
    if (names !== undefined && sameProtocol(names, line)) {
      readPair(names, line, wanted, fields);
      names = undefined;
    } else names = line;
  }
  return fields;
}

function readPair(names: Buffer, values: Buffer, wanted: ReadonlySet<string>, fields: Map<string, number>): void {
  const numbers: [field: string, value: number][] = [];
  const value = words(values);
  let protocol = '';
  for (const [start, end] of words(names)) {
    const { value: place, done } = value.next();
    if (done) return;
    if (protocol === '') protocol = names.toString('latin1', start, end - 1);
    else {
      const field = `${protocol} ${names.toString('latin1', start, end)}`;
      const number = wanted.has(field) ? digits(values, place[0], place[1]) : undefined;
      if (number !== undefined) numbers.push([field, number]);
    }
  }
  // With one value too many or too few, no value can be assigned to its name.
  if (!value.next().done) return;
  for (const [field, number] of numbers) fields.set(field, number);
}

function sameProtocol(a: Buffer, b: Buffer): boolean {
  const length = a.indexOf(colon) + 1;
  return length > 0 && b.length >= length && a.compare(b, 0, length, 0, length) === 0;
}

const colon = 0x3a;
