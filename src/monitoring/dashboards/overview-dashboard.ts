import { receivesNothing } from '../promql/receives-nothing.ts';
import { withWorkload } from '../promql/workload.ts';
import {
  chosen,
  type Dashboard,
  graph,
  noneIsGood,
  number,
  type Query,
  rate,
  someIsBad,
  table,
  type Unit,
} from './dashboard.ts';

const build = chosen('metrics_sidecar_build_info');
/** The version of each pod. A pod that two jobs scrape has two series. */
const versions = `max by (cluster, namespace, pod, version) (${build})`;

/** A column: a value of each pod, put together by workload and version. */
function column(legend: string, unit: Unit, together: string, perPod: string): Query {
  const ofPod = `max by (cluster, namespace, pod) (${perPod})`;
  const joined = `${ofPod} * on (cluster, namespace, pod) group_left (version) ${versions}`;
  return {
    legend,
    unit,
    expression: `${together} by (cluster, namespace, workload, version) (${withWorkload(joined)})`,
  };
}

const seriesShare = `${chosen('metrics_sidecar_series')} / ${chosen('metrics_sidecar_series_limit')}`;
const refused = rate('metrics_sidecar_refused_total');
const pods = `count by (cluster, namespace, pod) (${build})`;
const silent = receivesNothing(chosen);

/** The workloads that have a sidecar, its version, and whether it is well. */
export const overviewDashboard: Dashboard = {
  name: 'metrics-sidecar-overview',
  title: 'metrics-sidecar / overview',
  description: 'The workloads that have a sidecar: how many pods, which version, and whether they are well.',
  podMetric: 'metrics_sidecar_build_info',
  rows: [
    {
      title: 'Now',
      panels: [
        number('Pods with a sidecar', 'Pods whose sidecar Prometheus scrapes.', 'none', `count(${pods})`),
        number(
          'Workloads with a sidecar',
          'Deployments, StatefulSets, DaemonSets, Jobs, by the names of their pods.',
          'none',
          `count(count by (cluster, namespace, workload) (${withWorkload(pods)}))`,
        ),
        number(
          'Versions in use',
          'Different versions of sidecars. After an upgrade, pods get the new version when they are recreated.',
          'none',
          `count(count by (version) (${build}))`,
          {
            thresholds: [
              ['green', 0],
              ['orange', 2],
            ],
          },
        ),
        number(
          'Pods that refuse series',
          'Pods whose page refuses families or series: invalid ones, or those over a limit.',
          'none',
          `count(sum by (cluster, namespace, pod) (${refused}) > 0) or vector(0)`,
          { thresholds: noneIsGood },
        ),
        number(
          'Application pages missing',
          "Pods with merge-app-metrics whose sidecar cannot read the application's page.",
          'none',
          `count(max by (cluster, namespace, pod) (${chosen('metrics_sidecar_app_up')}) == 0) or vector(0)`,
          { thresholds: someIsBad },
        ),
        number(
          'Sidecars that receive nothing',
          'Pods with statsd or ingest that have received nothing since a start more than an hour ago.',
          'none',
          `count(${silent}) or vector(0)`,
          { thresholds: noneIsGood },
        ),
      ],
    },
    {
      title: 'Workloads',
      panels: [
        table(
          'Workloads with their sidecars',
          'A line for each workload and version of its sidecars; the values are those of its worst pod.',
          'none',
          [
            column('Pods', 'none', 'count', build),
            column(
              'Youngest started',
              'dateTimeFromNow',
              '1000 * max',
              chosen('metrics_sidecar_process_start_time_seconds'),
            ),
            column('Share of the series limit', 'percentunit', 'max', seriesShare),
            column('Refused per second', 'ops', 'sum', refused),
            column('Memory', 'bytes', 'max', chosen('metrics_sidecar_process_resident_memory_bytes')),
            column('CPU', 'short', 'max', rate('metrics_sidecar_process_cpu_seconds_total')),
          ],
        ),
        table(
          'Workloads whose sidecars receive nothing',
          'Sidecars with statsd or ingest that have received nothing since a start more than an hour ago, by kind.',
          'none',
          [
            {
              legend: 'Pods with silence',
              unit: 'none',
              expression: `count by (cluster, namespace, workload, kind) (${withWorkload(silent)})`,
            },
          ],
        ),
      ],
    },
    {
      title: 'Over time',
      panels: [
        graph(
          'Sidecars by version',
          'Pods by the version of their sidecar.',
          'none',
          [['{{version}}', `count by (version) (${versions})`]],
          { stacked: true, width: 12 },
        ),
        graph(
          'Sidecars by namespace',
          'Pods with a sidecar by namespace.',
          'none',
          [['{{cluster}} {{namespace}}', `topk(20, count by (cluster, namespace) (${pods}))`]],
          { stacked: true, width: 12 },
        ),
      ],
    },
  ],
};
