import { metricTable, type SeriesOf } from '../exposition/own/metric-table.ts';

/** The files that are read at every scrape, below the proc file system. */
export const files = {
  sockstat: 'net/sockstat',
  sockstat6: 'net/sockstat6',
  snmp: 'net/snmp',
  netstat: 'net/netstat',
} as const;

export const rangeFiles = {
  ip_local_port_range: 'sys/net/ipv4/ip_local_port_range',
  ip_local_reserved_ports: 'sys/net/ipv4/ip_local_reserved_ports',
} as const;

export type StatFile = keyof typeof files;
export const statFiles = Object.keys(files) as readonly StatFile[];
export type RangeFile = keyof typeof rangeFiles;

/** The metrics of the runtime. */
export const portMonitorMetrics = metricTable('port_monitor_', {
  sockets_used: { type: 'gauge', labels: [], help: 'Sockets of all address families in this network namespace.' },
  tcp_sockets_in_use: {
    type: 'gauge',
    labels: ['family'],
    help: 'Sockets in use in this network namespace, TIME_WAIT not among them.',
  },
  tcp_sockets_time_wait: { type: 'gauge', labels: [], help: 'TCP sockets in TIME_WAIT, IPv4 and IPv6 together.' },
  udp_sockets_in_use: { type: 'gauge', labels: ['family'], help: 'UDP sockets that are bound to a port.' },
  tcp_sockets_established: {
    type: 'gauge',
    labels: [],
    help: 'TCP sockets in ESTABLISHED or CLOSE_WAIT, IPv4 and IPv6 together.',
  },
  active_opens_total: { type: 'counter', labels: [], help: 'Connections begun from here; each takes a local port.' },
  passive_opens_total: { type: 'counter', labels: [], help: 'Connections that were accepted from elsewhere.' },
  attempt_fails_total: { type: 'counter', labels: [], help: 'Connections that failed while they were being made.' },
  established_resets_total: { type: 'counter', labels: [], help: 'Connections that were reset once established.' },
  listen_overflows_total: {
    type: 'counter',
    labels: [],
    help: 'Connections lost to a full accept queue of a listener.',
  },
  listen_drops_total: {
    type: 'counter',
    labels: [],
    help: 'Connections that a listener dropped, for whatever reason.',
  },
  request_queue_full_drops_total: {
    type: 'counter',
    labels: [],
    help: 'Connection requests dropped for a full SYN queue.',
  },
  time_wait_total: { type: 'counter', labels: [], help: 'Sockets that left TIME_WAIT by its ordinary timer.' },
  time_wait_recycled_total: {
    type: 'counter',
    labels: [],
    help: 'Sockets in TIME_WAIT whose port was used again (tcp_tw_reuse).',
  },
  time_wait_killed_total: { type: 'counter', labels: [], help: 'Sockets that left TIME_WAIT early.' },
  time_wait_overflows_total: {
    type: 'counter',
    labels: [],
    help: 'Sockets closed without TIME_WAIT, since tcp_max_tw_buckets was reached.',
  },
  ephemeral_ports_range_low: {
    type: 'gauge',
    labels: [],
    help: 'The first port that a connection may be given (ip_local_port_range).',
  },
  ephemeral_ports_range_high: {
    type: 'gauge',
    labels: [],
    help: 'The last port that a connection may be given (ip_local_port_range).',
  },
  ephemeral_ports_reserved: {
    type: 'gauge',
    labels: [],
    help: 'Ports of the range that no connection is given (ip_local_reserved_ports).',
  },
  ephemeral_ports_usable: {
    type: 'gauge',
    labels: [],
    help: 'Ports that connections to one destination can have at most: the range without what is reserved.',
  },
  read_errors_total: {
    type: 'counter',
    labels: ['file', 'reason'],
    help: 'Files or fields of /proc that gave no number, by file and reason; what they would say is absent meanwhile.',
  },
  collect_duration_seconds: { type: 'gauge', labels: [], help: 'How long reading /proc for the last page took.' },
});

/** One number of one file: protocol and field, as the file names them, and its series. */
type Field = readonly [file: StatFile, field: string, ...series: SeriesOf<typeof portMonitorMetrics>];

/**
 * Every field is the network namespace's own. Of sockstat's TCP line `alloc`, `orphan` and `mem` are not (an empty
 * namespace showed `alloc 28006`), so they are not here. No counter of snmp or netstat moves when ports run out: 1000
 * connects that failed with EADDRNOTAVAIL changed none.
 */
export const fields: readonly Field[] = [
  ['sockstat', 'sockets used', 'sockets_used'],
  ['sockstat', 'TCP inuse', 'tcp_sockets_in_use', 'ipv4'],
  ['sockstat6', 'TCP6 inuse', 'tcp_sockets_in_use', 'ipv6'],
  ['sockstat', 'TCP tw', 'tcp_sockets_time_wait'],
  ['sockstat', 'UDP inuse', 'udp_sockets_in_use', 'ipv4'],
  ['sockstat6', 'UDP6 inuse', 'udp_sockets_in_use', 'ipv6'],
  ['snmp', 'Tcp CurrEstab', 'tcp_sockets_established'],
  ['snmp', 'Tcp ActiveOpens', 'active_opens_total'],
  ['snmp', 'Tcp PassiveOpens', 'passive_opens_total'],
  ['snmp', 'Tcp AttemptFails', 'attempt_fails_total'],
  ['snmp', 'Tcp EstabResets', 'established_resets_total'],
  ['netstat', 'TcpExt ListenOverflows', 'listen_overflows_total'],
  ['netstat', 'TcpExt ListenDrops', 'listen_drops_total'],
  ['netstat', 'TcpExt TCPReqQFullDrop', 'request_queue_full_drops_total'],
  ['netstat', 'TcpExt TW', 'time_wait_total'],
  ['netstat', 'TcpExt TWRecycled', 'time_wait_recycled_total'],
  ['netstat', 'TcpExt TWKilled', 'time_wait_killed_total'],
  ['netstat', 'TcpExt TCPTimeWaitOverflow', 'time_wait_overflows_total'],
];
