import { duration, path } from '../flags/codecs.ts';
import { flag } from '../flags/flag.ts';

/** Flags of `port-monitor`. */
export const portMonitorFlags = {
  procPath: flag({
    name: 'port-monitor.proc-path',
    codec: path,
    default: '/proc',
    doc: 'Where the proc file system is mounted.',
    example: '/host/proc',
  }),
  rangeInterval: flag({
    name: 'port-monitor.range-interval',
    codec: duration,
    default: 60_000,
    doc: 'How often the port range and the reserved ports are read again.',
    example: '5m',
    annotation: 'range-interval',
  }),
};
