import { type Codec, codecOf, parsed, refused } from '../flags/codec.ts';
import { boolean, file, listOf, oneOf, optional, url } from '../flags/codecs.ts';
import { flag } from '../flags/flag.ts';
import { nameSuchAs } from './kubernetes-name.ts';
import { label } from './names.ts';

/** The name of the scrape job, and so the label `job` of what it scrapes. */
export const scrapeJob = 'metrics-sidecars';

/** How the webhook's own pods are known, and the name of their port with a page. */
export const webhookPods = {
  job: 'metrics-sidecar-webhook',
  labels: { [label.component]: label.ownComponent, 'app.kubernetes.io/component': 'webhook' },
  port: 'web',
} as const;

const name = nameSuchAs('monitoring');

const keyValue: Codec<readonly [key: string, value: string]> = codecOf({
  placeholder: 'KEY=VALUE',
  expects: 'KEY=VALUE, such as release=kube-prometheus-stack',
  // A key of Kubernetes (253, a slash, 63), = and a value (63).
  most: 253 + 1 + 63 + 1 + 63,
  read(value) {
    const [, key, content] =
      /^((?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)=((?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?)$/.exec(
        value,
      ) ?? [];
    return key === undefined ? refused(value, keyValue.expects) : parsed([key, content!] as const);
  },
  format: ([key, value]) => `${key}=${value}`,
});

/** Flags of `scrape-config`. */
export const scrapeConfigFlags = {
  annotationJob: flag({
    name: 'annotation-job',
    codec: boolean,
    default: true,
    doc: 'A job that goes by the prometheus.io annotations runs beside this one (the stock chart has one): leave out what it scrapes already.',
    example: 'false',
  }),
  namespaces: flag({
    name: 'namespaces',
    codec: listOf(name),
    default: [] as readonly string[],
    doc: 'The namespaces to look in, for a Prometheus that may not list the pods of all.',
    example: 'shop,payments',
  }),
  output: flag({
    name: 'output',
    short: 'o',
    codec: oneOf('file', 'list'),
    default: 'file' as 'file' | 'list',
    doc: 'A file with scrape_configs (for scrape_config_files of Prometheus), or the list alone (to paste, for extraScrapeConfigs of the stock chart, for scrape_config_files of vmagent).',
    example: 'list',
  }),
};

/** Flags of `dashboards`. */
export const dashboardsFlags = {
  all: flag({
    name: 'all',
    codec: boolean,
    default: false,
    doc: 'All dashboards, into the directory of --output.',
    example: 'true',
  }),
  output: flag({
    name: 'output',
    short: 'o',
    codec: optional({ ...file, placeholder: 'DIRECTORY', completes: 'directory' }),
    default: undefined as string | undefined,
    doc: 'Write NAME.json into this directory rather than to standard output.',
    example: 'dashboards',
  }),
};

/** Flags of `alerts`. */
export const alertsFlags = {
  output: flag({
    name: 'output',
    short: 'o',
    codec: oneOf('rules', 'prometheusrule'),
    default: 'rules' as 'rules' | 'prometheusrule',
    doc: 'A file for rule_files of Prometheus, or an object of the Prometheus operator.',
    example: 'prometheusrule',
  }),
  runbookUrl: flag({
    name: 'runbook-url',
    codec: optional(url),
    default: undefined as string | undefined,
    doc: 'Where docs/alerts.md can be read: the alert’s anchor is put behind it for runbook_url, after a slash unless it ends in /, # or =. Without it alerts have no runbook_url.',
    example: 'https://runbooks.example/metrics-sidecar/',
  }),
  name: flag({
    name: 'name',
    codec: name,
    default: 'metrics-sidecar',
    doc: 'The name of the PrometheusRule.',
    example: 'metrics-sidecar',
  }),
  namespace: flag({
    name: 'namespace',
    codec: optional(name),
    default: undefined as string | undefined,
    doc: 'The namespace of the PrometheusRule; without it that of kubectl.',
    example: 'monitoring',
  }),
  labels: flag({
    name: 'labels',
    codec: listOf(keyValue),
    default: [] as readonly (readonly [string, string])[],
    doc: 'Labels of the PrometheusRule; kube-prometheus-stack reads only rules that carry its own release.',
    example: 'release=kube-prometheus-stack',
  }),
};
