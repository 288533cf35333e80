import { portShare } from '../promql/ephemeral-ports.ts';
import { chosen, type Dashboard, graph, noneIsGood, number, rate, type Threshold } from './dashboard.ts';
import { sidecarRow } from './sidecar-row.ts';

const pod = '{{namespace}}/{{pod}}';
const busiest = (expression: string) => `topk(10, max by (cluster, namespace, pod) (${expression}))`;
const share = portShare(chosen(''));
const perMinute = `${rate('port_monitor_active_opens_total')} * 60 / ${chosen('port_monitor_ephemeral_ports_usable')}`;

/**
 * Above half of the range connect() to the destination takes milliseconds, not microseconds: ports of one parity are
 * used up.
 */
const cliff: readonly Threshold[] = [
  ['green', 0],
  ['orange', 0.5],
  ['red', 0.9],
];

export const portMonitorDashboard: Dashboard = {
  name: 'metrics-sidecar-port-monitor',
  title: 'metrics-sidecar / port-monitor',
  description: 'Local ports of pods: how many are in use, and the connections that listeners lose.',
  podMetric: 'port_monitor_ephemeral_ports_usable',
  rows: [
    {
      title: 'Now',
      panels: [
        number(
          'Pods',
          'Pods whose ports are watched.',
          'none',
          `count(${chosen('port_monitor_ephemeral_ports_usable')})`,
        ),
        number(
          'Fullest pod',
          'An estimate: connections for each local port, as if all led to one destination. The counters know no destination.',
          'percentunit',
          `max(${share})`,
          { thresholds: cliff },
        ),
        number(
          'Ports to one destination',
          'Usable local ports, of the pod that has the fewest.',
          'none',
          `min(${chosen('port_monitor_ephemeral_ports_usable')})`,
        ),
        number('In TIME_WAIT', 'Sockets of all pods.', 'short', `sum(${chosen('port_monitor_tcp_sockets_time_wait')})`),
        number(
          'Lost by listeners',
          'Connections that a full accept queue lost, in the time shown.',
          'short',
          `sum(increase(${chosen('port_monitor_listen_overflows_total')}[$__range]))`,
          { thresholds: noneIsGood },
        ),
        number(
          'Failed connects',
          'Connections that failed while they were opened, in the time shown. Attempts without a free port are not counted.',
          'short',
          `sum(increase(${chosen('port_monitor_attempt_fails_total')}[$__range]))`,
        ),
      ],
    },
    {
      title: 'Local ports',
      panels: [
        graph(
          'Ports in use, as if of one destination',
          'An estimate, too high for several destinations and too low where many connections were accepted: connections that the pod opened, established or in TIME_WAIT, divided by the usable ports. If all lead to one destination, connect() takes milliseconds from 50 % on, and fails at 100 %.',
          'percentunit',
          [[pod, busiest(share)]],
          { thresholds: cliff },
        ),
        graph(
          'Ports taken in a minute',
          'Connections opened in a minute, divided by the usable ports. A port stays in TIME_WAIT for a minute where this side closes, so this value rises before the ports run out.',
          'percentunit',
          [[pod, busiest(perMinute)]],
          { thresholds: cliff },
        ),
        graph('Usable ports', 'The range ip_local_port_range without reserved ports.', 'short', [
          [
            'usable {{namespace}}/{{pod}}',
            `bottomk(10, min by (cluster, namespace, pod) (${chosen('port_monitor_ephemeral_ports_usable')}))`,
          ],
          ['reserved, most', `max(${chosen('port_monitor_ephemeral_ports_reserved')})`],
          ['range from', `min(${chosen('port_monitor_ephemeral_ports_range_low')})`],
          ['range to', `max(${chosen('port_monitor_ephemeral_ports_range_high')})`],
        ]),
      ],
    },
    {
      title: 'Sockets',
      panels: [
        graph('TCP sockets by state', 'Sockets of all chosen pods; those in use include listeners.', 'short', [
          ['established', `sum(${chosen('port_monitor_tcp_sockets_established')})`],
          ['in use, {{family}}', `sum by (family) (${chosen('port_monitor_tcp_sockets_in_use')})`],
          ['TIME_WAIT', `sum(${chosen('port_monitor_tcp_sockets_time_wait')})`],
        ]),
        graph('Most in TIME_WAIT', 'Sockets.', 'short', [[pod, busiest(chosen('port_monitor_tcp_sockets_time_wait'))]]),
        graph('UDP and all sockets', 'UDP sockets bound to a port; sockets of all families.', 'short', [
          ['UDP {{family}}', `sum by (family) (${chosen('port_monitor_udp_sockets_in_use')})`],
          ['all families', `sum(${chosen('port_monitor_sockets_used')})`],
        ]),
        graph('Connections made', 'Connections that the pods opened, and connections that they accepted.', 'ops', [
          ['begun', `sum(${rate('port_monitor_active_opens_total')})`],
          ['accepted', `sum(${rate('port_monitor_passive_opens_total')})`],
        ]),
        graph(
          'Connections that failed',
          'Connections that failed while they were opened, and established ones that were reset.',
          'ops',
          [
            ['failed', `sum(${rate('port_monitor_attempt_fails_total')})`],
            ['reset', `sum(${rate('port_monitor_established_resets_total')})`],
          ],
        ),
        graph(
          'TIME_WAIT ended',
          'Ends of TIME_WAIT: by its timer, by reuse of the port, early, or skipped for lack of room.',
          'ops',
          [
            ['timer', `sum(${rate('port_monitor_time_wait_total')})`],
            ['reused', `sum(${rate('port_monitor_time_wait_recycled_total')})`],
            ['early', `sum(${rate('port_monitor_time_wait_killed_total')})`],
            ['no room', `sum(${rate('port_monitor_time_wait_overflows_total')})`],
          ],
        ),
      ],
    },
    {
      title: 'Listeners',
      panels: [
        graph('Connections lost', 'Connections lost to a full accept queue, and other drops of listeners.', 'ops', [
          ['accept queue full', `sum(${rate('port_monitor_listen_overflows_total')})`],
          ['dropped', `sum(${rate('port_monitor_listen_drops_total')})`],
          ['SYN queue full', `sum(${rate('port_monitor_request_queue_full_drops_total')})`],
        ]),
        graph('Pods with full accept queues', 'Connections lost per second.', 'ops', [
          [pod, `topk(10, sum by (cluster, namespace, pod) (${rate('port_monitor_listen_overflows_total')}))`],
        ]),
        graph(
          'Not read',
          'Files or fields of /proc without a readable number; their metrics are absent meanwhile.',
          'ops',
          [['{{file}}: {{reason}}', `sum by (file, reason) (${rate('port_monitor_read_errors_total')})`]],
        ),
      ],
    },
    sidecarRow,
  ],
};
