import type { Labels, MetricType } from '../exposition/metric/family.ts';

/** The files of the cheap tier, below the proc file system. */
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

/** One number of one file as a series. */
export interface Metric {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly file: StatFile;
  /** Protocol and field, as the file names them. */
  readonly field: string;
  readonly labels: Labels;
}

const ipv4: Labels = [['family', 'ipv4']];
const ipv6: Labels = [['family', 'ipv6']];

const inUse = 'Sockets in use in this network namespace, TIME_WAIT not among them.';

function metric(
  file: StatFile,
  field: string,
  type: MetricType,
  name: string,
  help: string,
  labels: Labels = [],
): Metric {
  return { name: `port_monitor_${name}`, type, help, file, field, labels };
}

/**
 * Every field is the network namespace's own. Of sockstat's TCP line `alloc`, `orphan` and `mem` are not (an empty namespace
 * showed `alloc 28006`), so they are not here. No counter of snmp or netstat moves when ports run out: 1000 connects that
 * failed with EADDRNOTAVAIL changed none.
 */
export const metrics: readonly Metric[] = [
  metric(
    'sockstat',
    'sockets used',
    'gauge',
    'sockets_used',
    'Sockets of all address families in this network namespace.',
  ),
  metric('sockstat', 'TCP inuse', 'gauge', 'tcp_sockets_in_use', inUse, ipv4),
  metric('sockstat6', 'TCP6 inuse', 'gauge', 'tcp_sockets_in_use', inUse, ipv6),
  metric('sockstat', 'TCP tw', 'gauge', 'tcp_sockets_time_wait', 'TCP sockets in TIME_WAIT, IPv4 and IPv6 together.'),
  metric('sockstat', 'UDP inuse', 'gauge', 'udp_sockets_in_use', 'UDP sockets that are bound to a port.', ipv4),
  metric('sockstat6', 'UDP6 inuse', 'gauge', 'udp_sockets_in_use', 'UDP sockets that are bound to a port.', ipv6),
  metric(
    'snmp',
    'Tcp CurrEstab',
    'gauge',
    'tcp_sockets_established',
    'TCP sockets in ESTABLISHED or CLOSE_WAIT, IPv4 and IPv6 together.',
  ),
  metric(
    'snmp',
    'Tcp ActiveOpens',
    'counter',
    'active_opens_total',
    'Connections begun from here; each takes a local port.',
  ),
  metric(
    'snmp',
    'Tcp PassiveOpens',
    'counter',
    'passive_opens_total',
    'Connections that were accepted from elsewhere.',
  ),
  metric(
    'snmp',
    'Tcp AttemptFails',
    'counter',
    'attempt_fails_total',
    'Connections that failed while they were being made.',
  ),
  metric(
    'snmp',
    'Tcp EstabResets',
    'counter',
    'established_resets_total',
    'Connections that were reset once established.',
  ),
  metric(
    'netstat',
    'TcpExt ListenOverflows',
    'counter',
    'listen_overflows_total',
    'Connections lost to a full accept queue of a listener.',
  ),
  metric(
    'netstat',
    'TcpExt ListenDrops',
    'counter',
    'listen_drops_total',
    'Connections that a listener dropped, for whatever reason.',
  ),
  metric(
    'netstat',
    'TcpExt TCPReqQFullDrop',
    'counter',
    'request_queue_full_drops_total',
    'Connection requests dropped for a full SYN queue.',
  ),
  metric('netstat', 'TcpExt TW', 'counter', 'time_wait_total', 'Sockets that left TIME_WAIT by its ordinary timer.'),
  metric(
    'netstat',
    'TcpExt TWRecycled',
    'counter',
    'time_wait_recycled_total',
    'Sockets in TIME_WAIT whose port was used again (tcp_tw_reuse).',
  ),
  metric('netstat', 'TcpExt TWKilled', 'counter', 'time_wait_killed_total', 'Sockets that left TIME_WAIT early.'),
  metric(
    'netstat',
    'TcpExt TCPTimeWaitOverflow',
    'counter',
    'time_wait_overflows_total',
    'Sockets closed without TIME_WAIT, since tcp_max_tw_buckets was reached.',
  ),
];

/** What the port range gives. */
export const rangeMetrics = {
  low: [
    'port_monitor_ephemeral_ports_range_low',
    'The first port that a connection may be given (ip_local_port_range).',
  ],
  high: [
    'port_monitor_ephemeral_ports_range_high',
    'The last port that a connection may be given (ip_local_port_range).',
  ],
  reserved: [
    'port_monitor_ephemeral_ports_reserved',
    'Ports of the range that no connection is given (ip_local_reserved_ports).',
  ],
  usable: [
    'port_monitor_ephemeral_ports_usable',
    'Ports that connections to one destination can have at most: the range without what is reserved.',
  ],
} as const;

export type RangeMetric = keyof typeof rangeMetrics;

export const readErrors = [
  'port_monitor_read_errors_total',
  'Files or fields of /proc that gave no number, by file and reason; what they would say is absent meanwhile.',
  ['file', 'reason'],
] as const;

export const collectDuration = [
  'port_monitor_collect_duration_seconds',
  'How long reading /proc for the last page took.',
] as const;
