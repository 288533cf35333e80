import { scrapeJob, webhookPods } from '../contract/monitoring.ts';
import { byAnnotations, label, managedAnnotation, metricsPortName, scrapeAnnotation } from '../contract/names.ts';
import { serviceAnnotations } from '../contract/service-annotations.ts';

export interface ScrapeConfigOptions {
  /** Whether a job that scrapes by the prometheus.io annotations runs beside this one. */
  readonly annotationJob: boolean;
  /** Empty for all namespaces. */
  readonly namespaces: readonly string[];
}

/** A relabel rule and its reason. Without `to` it keeps or drops; without `regex` it copies the value. */
interface Rule {
  readonly why: string;
  readonly from: readonly string[];
  readonly regex?: string;
  readonly action?: 'keep' | 'drop';
  readonly to?: string;
}

const phases: Rule = {
  why: 'Pods that have no page yet, or no longer.',
  from: ['pod_phase'],
  regex: 'Pending|Succeeded|Failed',
  action: 'drop',
};

/** The label names of the stock jobs and the operator, so that dashboards and alerts fit every style of discovery. */
const names: readonly Rule[] = [
  { why: 'The namespace, as every other job names it.', from: ['namespace'], to: 'namespace' },
  { why: 'The pod.', from: ['pod_name'], to: 'pod' },
  { why: 'The container that serves the page.', from: ['pod_container_name'], to: 'container' },
  { why: 'The node, for questions of one machine.', from: ['pod_node_name'], to: 'node' },
];

/** An application chooses its labels; they must not make it look like another pod. */
const honest = [
  '  # A label of an application that is called job, instance, namespace or pod does not replace the target’s.',
  '  honor_labels: false',
];

/**
 * The scrape jobs of the injected pods and of the webhook, as a YAML list. It has no `$`, which some collectors read as
 * a variable, and no interval, timeout, path or scheme, so the global values apply.
 */
export function scrapeJobs({ annotationJob, namespaces }: ScrapeConfigOptions): string {
  const sidecars: Rule[] = [
    phases,
    {
      why: 'A pod that runs can be taken out by this annotation; on a new pod it belongs to Services.',
      from: [annotation(serviceAnnotations.scrape.key)],
      regex: 'false',
      action: 'drop',
    },
    ...(annotationJob
      ? [
          {
            why: 'Pods whose page the annotation job has: scraped here too they would count double.',
            from: [annotation(managedAnnotation.scrapedBy)],
            regex: byAnnotations,
            action: 'drop',
          } as const,
        ]
      : []),
    {
      why: 'Of all ports of a pod the one of the page; all kinds of a pod share it.',
      from: ['pod_container_port_name', 'pod_container_port_protocol'],
      regex: `${metricsPortName};TCP`,
      action: 'keep',
    },
    ...names,
    {
      why: 'What the pod is part of, where it says so. Copying all labels would give series new names with every rollout.',
      from: [`pod_label_${sanitised(label.component)}`],
      regex: '(.+)',
      to: 'app',
    },
  ];
  const webhook: Rule[] = [
    phases,
    ...(annotationJob
      ? [
          {
            why: 'Where the webhook is annotated the annotation job has it.',
            from: [annotation(scrapeAnnotation.scrape)],
            regex: 'true',
            action: 'drop',
          } as const,
        ]
      : []),
    {
      why: 'The port of the page; the other one is for the API server.',
      from: ['pod_container_port_name'],
      regex: webhookPods.port,
      action: 'keep',
    },
    ...names,
  ];
  return [
    '# The pages of injected pods.',
    ...job(scrapeJob, honest, `${label.injected}=true`, namespaces, sidecars),
    '# The webhook itself.',
    ...job(webhookPods.job, [], selector(webhookPods.labels), namespaces, webhook),
    '',
  ].join('\n');
}

/** The jobs as a whole file, for `scrape_config_files` of Prometheus or as its configuration. */
export function scrapeConfigFile(options: ScrapeConfigOptions): string {
  const list = scrapeJobs(options);
  return `scrape_configs:\n${list.replaceAll(/^(?=.)/gm, '  ')}`;
}

function job(
  name: string,
  settings: readonly string[],
  labels: string,
  namespaces: readonly string[],
  rules: readonly Rule[],
): string[] {
  return [
    `- job_name: ${name}`,
    ...settings,
    '  kubernetes_sd_configs:',
    '    - role: pod',
    ...(namespaces.length === 0 ? [] : ['      namespaces:', `        names: [${namespaces.join(', ')}]`]),
    '      # Asked of the API server, so that no other pod is watched.',
    '      selectors:',
    '        - role: pod',
    `          label: ${labels}`,
    '  relabel_configs:',
    ...rules.flatMap(ruleLines),
  ];
}

function ruleLines({ why, from, regex, action, to }: Rule): string[] {
  return [
    `    # ${why}`,
    `    - source_labels: [${from.map((source) => `__meta_kubernetes_${source}`).join(', ')}]`,
    ...(regex === undefined ? [] : [`      regex: ${regex === 'true' || regex === 'false' ? `"${regex}"` : regex}`]),
    ...(action === undefined ? [] : [`      action: ${action}`]),
    ...(to === undefined ? [] : [`      target_label: ${to}`]),
  ];
}

const sanitised = (key: string) => key.replace(/[^a-zA-Z0-9_]/g, '_');
const annotation = (key: string) => `pod_annotation_${sanitised(key)}`;

function selector(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
