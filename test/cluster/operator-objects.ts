import { fileURLToPath } from 'node:url';
import { dump, loadAll } from 'js-yaml';
import { mustHelm, release, namespace as webhookNamespace } from './chart.ts';
import { stockJobs, throughApi } from './discovery-jobs.ts';
import { apply } from './kubectl.ts';

/** The namespace of what the operator is given here. */
export const namespace = 'discovery-operator';

/**
 * Whether the PodMonitor is all there is (`prometheus.discovery: podMonitor`), or stands beside annotation jobs
 * (`both`).
 */
export type OperatorStyle = 'alone' | 'beside';

export const chart = fileURLToPath(new URL('../../charts/metrics-sidecar', import.meta.url));
const discoveries = { alone: 'podMonitor', beside: 'both' } as const;
const kinds = ['PodMonitor', 'ServiceMonitor', 'PrometheusRule'];

interface Monitor {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/** The jobs that the operator makes of the chart's objects, by the object's kind. */
export const jobOf = ({ kind, metadata }: Monitor): string =>
  `${kind.charAt(0).toLowerCase()}${kind.slice(1)}/${metadata.namespace}/${metadata.name}/0`;

/** The chart's objects for the operator, as a release that chose this style has them. */
export async function chartMonitors(style: OperatorStyle): Promise<readonly Monitor[]> {
  const sections = ['podMonitor', 'serviceMonitor', 'prometheusRule'];
  const { out } = await mustHelm([
    ...['template', release, chart, '--namespace', webhookNamespace],
    ...['--set', `prometheus.discovery=${discoveries[style]},fullnameOverride=${style}`],
    ...['--set', 'prometheus.serviceMonitor.enabled=true,prometheus.prometheusRule.enabled=true'],
    ...sections.flatMap((section) => [
      '--set',
      `prometheus.${section}.namespace=${namespace},prometheus.${section}.labels.release=${style}`,
    ]),
  ]);
  return (loadAll(out) as (Monitor | null)[]).filter((one) => one !== null && kinds.includes(one.kind)) as Monitor[];
}

/**
 * A Prometheus of each style, without a pod of its own, that selects as kube-prometheus-stack does: by the label
 * `release`. The one beside annotation jobs has them as additional scrape configurations.
 */
export async function createPrometheuses(api: string): Promise<void> {
  await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  const jobs = dump(throughApi(await stockJobs(), api), { noRefs: true });
  await apply([
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'stock', namespace }, stringData: { 'jobs.yml': jobs } },
  ]);
  for (const style of ['alone', 'beside'] as const) {
    const selector = { matchLabels: { release: style } };
    await apply([
      ...(await chartMonitors(style)),
      {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'Prometheus',
        metadata: { name: style, namespace },
        spec: {
          replicas: 0,
          scrapeInterval: '1s',
          scrapeTimeout: '1s',
          apiserverConfig: { host: api },
          podMonitorSelector: selector,
          serviceMonitorSelector: selector,
          ruleSelector: selector,
          ...(style === 'beside' && { additionalScrapeConfigs: { name: 'stock', key: 'jobs.yml' } }),
        },
      },
    ]);
  }
}
