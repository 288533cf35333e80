import { describe, expect, test } from 'vitest';
import { parsePortRange, parseReservedPorts, reservedWithin } from '../../src/port-monitor/port-range.ts';
import { parseCounters } from '../../src/port-monitor/protocol-counters.ts';
import { parseSockstat } from '../../src/port-monitor/sockstat.ts';
import { parseUdpSockets } from '../../src/statsd/receive/udp/proc-net-udp.ts';
import { steepness } from './growth.ts';
import { many } from './many.ts';
import { attackShapes } from './shapes.ts';

const bytes = (read: (given: Buffer) => unknown) => (text: string) => read(Buffer.from(text));

/** Files of the kernel, which a container runtime may replace by its own; no more than 256 KiB are read of one. */
const files: Readonly<Record<string, (text: string) => unknown>> = {
  '/proc/net/sockstat': bytes(parseSockstat),
  '/proc/net/netstat': bytes((given) => parseCounters(given, new Set(['TcpExt_ListenDrops']))),
  ip_local_port_range: bytes(parsePortRange),
  ip_local_reserved_ports: bytes((given) => reservedWithin({ low: 1, high: 65_535 }, parseReservedPorts(given) ?? [])),
  '/proc/net/udp': parseUdpSockets,
};

const lists = [
  many('ports', (i) => `${i},`),
  many('ranges', (i) => `${i}-${i + 1},`),
  many('sockets', (i) => `${i}: 0100007F:${i.toString(16)} 00000000:0000 07 0:0 00:0 0 0 0 ${i} 2 0 0\n`),
  many('words', (i) => `w${i} `, 'TcpExt: ', '\n'),
  many('lines of names and numbers', (i) => `${i % 2 === 0 ? `TcpExt: n${i}` : 'TcpExt: 1'}\n`),
];

describe.each(Object.entries(files))('%s', (_, run) => {
  test.each([...attackShapes, ...lists])('$name', async ({ make }) => {
    expect(await steepness(run, make)).toBeUndefined();
  });
});
