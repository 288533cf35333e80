import { digits, wholeLines, words } from './proc-lines.ts';

/** Ports from `low` to `high`, both included. */
export interface PortRange {
  readonly low: number;
  readonly high: number;
}

/** Reads net.ipv4.ip_local_port_range: two ports. Undefined where the file holds anything else. */
export function parsePortRange(bytes: Buffer): PortRange | undefined {
  const [line, more] = [...wholeLines(bytes)];
  if (line === undefined || more !== undefined) return undefined;
  const [low, high, further] = [...words(line)].map(([start, end]) => digits(line, start, end));
  return low === undefined || high === undefined || further !== undefined ? undefined : range(low, high);
}

/**
 * Reads net.ipv4.ip_local_reserved_ports: a comma list of ports and ranges, empty where none is reserved (an empty line
 * on Linux, an empty file in gVisor).
 */
export function parseReservedPorts(bytes: Buffer): readonly PortRange[] | undefined {
  if (bytes.length === 0) return [];
  const [line, more] = [...wholeLines(bytes)];
  if (line === undefined || more !== undefined) return undefined;
  const ranges: PortRange[] = [];
  if (line.length === 0) return ranges;
  for (let start = 0; start <= line.length; ) {
    const comma = line.indexOf(0x2c, start);
    const end = comma === -1 ? line.length : comma;
    const dash = line.subarray(0, end).indexOf(0x2d, start);
    const low = digits(line, start, dash === -1 ? end : dash);
    const high = dash === -1 ? low : digits(line, dash + 1, end);
    const reserved = low === undefined || high === undefined ? undefined : range(low, high);
    if (reserved === undefined) return undefined;
    ranges.push(reserved);
    start = end + 1;
  }
  return ranges;
}

/** How many ports of the range are reserved. Ranges that overlap count once. */
export function reservedWithin({ low, high }: PortRange, reserved: readonly PortRange[]): number {
  let count = 0;
  let next = low;
  for (const part of reserved.toSorted((a, b) => a.low - b.low)) {
    const first = Math.max(part.low, next);
    const last = Math.min(part.high, high);
    if (last < first) continue;
    count += last - first + 1;
    next = last + 1;
  }
  return count;
}

function range(low: number, high: number): PortRange | undefined {
  return low <= high && high <= 65_535 ? { low, high } : undefined;
}
