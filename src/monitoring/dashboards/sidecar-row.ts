import { chosen, graph, type Row, rate } from './dashboard.ts';

/** The last row of every kind's dashboard: the process that all kinds of a pod share. */
export const sidecarRow: Row = {
  title: 'The sidecar itself',
  panels: [
    graph(
      'Share of the series limit',
      'Series on the page, divided by the limit (--limit.series). Series over the limit are refused.',
      'percentunit',
      [
        [
          '{{namespace}}/{{pod}}',
          `topk(10, max by (cluster, namespace, pod) (${chosen('metrics_sidecar_series')} / ${chosen('metrics_sidecar_series_limit')}))`,
        ],
      ],
      {
        thresholds: [
          ['green', 0],
          ['orange', 0.8],
          ['red', 0.9],
        ],
      },
    ),
    graph(
      'Refused by the page',
      'Families and series that would make the page invalid or exceed a limit. The landing page names them.',
      'ops',
      [['{{reason}}', `sum by (reason) (${rate('metrics_sidecar_refused_total')})`]],
      { stacked: true },
    ),
    graph('Time to make a page', 'Time of the slowest pods; it has to stay well below the scrape timeout.', 's', [
      [
        '{{namespace}}/{{pod}}',
        `topk(10, max by (cluster, namespace, pod) (${chosen('metrics_sidecar_scrape_duration_seconds')}))`,
      ],
    ]),
    graph('Memory', 'Resident memory of the largest sidecars.', 'bytes', [
      [
        '{{namespace}}/{{pod}}',
        `topk(10, max by (cluster, namespace, pod) (${chosen('metrics_sidecar_process_resident_memory_bytes')}))`,
      ],
    ]),
    graph('CPU', 'CPU seconds per second.', 'short', [
      [
        '{{namespace}}/{{pod}}',
        `topk(10, max by (cluster, namespace, pod) (${rate('metrics_sidecar_process_cpu_seconds_total')}))`,
      ],
    ]),
    graph(
      'Event loop busy',
      'Share of the time in which the event loop is busy. Near 1 packets and pushes wait, and the kernel drops UDP packets.',
      'percentunit',
      [
        [
          '{{namespace}}/{{pod}}',
          `topk(10, max by (cluster, namespace, pod) (${chosen('metrics_sidecar_nodejs_eventloop_utilization')}))`,
        ],
      ],
      {
        max: 1,
        thresholds: [
          ['green', 0],
          ['orange', 0.7],
          ['red', 0.9],
        ],
      },
    ),
  ],
};
