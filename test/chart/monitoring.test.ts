import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { managedAnnotation, metricsPortName } from '../../src/contract/names.ts';
import {
  cases,
  chart,
  goldens,
  type KubernetesObject,
  missing,
  objects,
  of,
  read,
  type Tree,
  template,
  templateWith,
  valuesOf,
} from './helm.ts';

interface Definition {
  readonly kind: string;
  readonly apiVersion: string;
  readonly schema: object;
}

const definitions = readdirSync(join(goldens, 'crds')).map(
  (file) => JSON.parse(readFileSync(join(goldens, 'crds', file), 'utf8')) as Definition,
);

/** An API server drops keys that it does not know, and nobody hears of it: here they are errors. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const node = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isClosed = 'properties' in node && typeof node.properties === 'object' && node.type === 'object';
  return isClosed ? { ...node, additionalProperties: false } : node;
}

/** The patterns are Go's, which says of itself where it does not mind capitals. */
const goPattern = Object.assign(
  (pattern: string, flags: string) =>
    new RegExp(pattern.replace('(?i)', ''), pattern.includes('(?i)') ? `${flags}i` : flags),
  { code: 'goPattern' },
);
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, code: { regExp: goPattern } });
const validators = new Map(
  definitions.map(({ kind, schema }) => {
    const root = closed(schema) as Tree;
    // Of every object's metadata the definition says only that it is there.
    return [kind, ajv.compile({ ...root, properties: { ...root.properties, metadata: { type: 'object' } } })];
  }),
);

function problems(object: KubernetesObject): string[] {
  const validate = validators.get(object.kind)!;
  if (validate(object)) return [];
  return validate.errors!.map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

const monitoring = (all: readonly KubernetesObject[]) =>
  all.filter(({ apiVersion }) => apiVersion === 'monitoring.coreos.com/v1');

describe.skipIf(missing)("the operator's objects", () => {
  test.each(cases)('%s: are as its resource definitions say, without a key that they do not know', async (name) => {
    for (const object of monitoring(await objects(template('--values', valuesOf(name))))) {
      expect(definitions.find(({ kind }) => kind === object.kind)).toMatchObject({ apiVersion: object.apiVersion });
      expect(problems(object)).toEqual([]);
    }
  });

  test('a misspelt key is found', async () => {
    const podMonitor = { relabelings: [{ targetLabels: 'a' }] };
    const all = await objects(templateWith({ prometheus: { discovery: 'podMonitor', podMonitor } }));
    expect(problems(of(all, 'PodMonitor'))).toEqual([expect.stringContaining('targetLabels')]);
  });

  test('come with the discovery that wants them', async () => {
    const kinds = async (discovery: string) => {
      const all = await objects(templateWith({ prometheus: { discovery } }));
      const settings = of(all, 'ConfigMap').data!['settings.yaml']!;
      const pods = of(all, 'Deployment').spec!.template.metadata.annotations ?? {};
      const endpoint = all.find(({ kind }) => kind === 'PodMonitor')?.spec?.podMetricsEndpoints[0] as Tree | undefined;
      return {
        settings: /^discovery: (.*)$/m.exec(settings)![1],
        pods: Object.keys(pods).length > 0,
        port: endpoint?.port,
        drops: ((endpoint?.relabelings ?? []) as Tree[]).flatMap(({ action, sourceLabels }) =>
          action === 'drop' ? (sourceLabels as string[]) : [],
        ),
      };
    };
    const [scrape, scrapedBy] = ['scrape', 'scraped_by'].map(
      (key) => `__meta_kubernetes_pod_annotation_metrics_sidecar_io_${key}`,
    );
    expect(scrapedBy).toContain(managedAnnotation.scrapedBy.replace(/\W/g, '_'));
    const port = metricsPortName;
    expect({
      annotations: await kinds('annotations'),
      podMonitor: await kinds('podMonitor'),
      both: await kinds('both'),
      none: await kinds('none'),
    }).toEqual({
      annotations: { settings: 'annotations', pods: true, port: undefined, drops: [] },
      podMonitor: { settings: 'none', pods: false, port, drops: [scrape] },
      both: { settings: 'annotations', pods: true, port, drops: [scrape, scrapedBy] },
      none: { settings: 'none', pods: false, port: undefined, drops: [] },
    });
  });

  test('the webhook is scraped once: by its annotations, or by the ServiceMonitor', async () => {
    const all = await objects(templateWith({ prometheus: { discovery: 'both', serviceMonitor: { enabled: true } } }));
    expect(of(all, 'Deployment').spec!.template.metadata).not.toHaveProperty('annotations');
    const { endpoints, selector } = of(all, 'ServiceMonitor').spec!;
    const service = of(all, 'Service');
    expect(service.metadata.labels).toMatchObject(selector.matchLabels);
    expect((service.spec!.ports as Tree[]).map(({ name }) => name)).toContain(endpoints[0].port);
  });

  test('alerts lead to their runbooks', async () => {
    const rules = async (prometheusRule: object) =>
      of(
        await objects(templateWith({ prometheus: { prometheusRule: { enabled: true, ...prometheusRule } } })),
        'PrometheusRule',
      ).spec!.groups as { rules: { alert?: string; annotations: Record<string, string> }[] }[];
    const file = load(read('files/alerts.yaml')) as { groups: object[] };
    const groups = await rules({ runbookUrl: 'https://runbooks.example/team' });
    expect(groups).toHaveLength(file.groups.length);
    const links = groups.flatMap((group) => group.rules.map(({ annotations }) => annotations.runbook_url!));
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(link).toMatch(/^https:\/\/runbooks\.example\/team\/[a-z]+$/);
    const [first] = await rules({});
    expect(first!.rules[0]!.annotations.runbook_url).toMatch(/docs\/alerts\.md#[a-z]+$/);
    const own = { name: 'own', rules: [] };
    expect(await rules({ additionalGroups: [own] })).toEqual([...(await rules({})), own]);
    expect(await rules({ defaultRules: { enabled: false }, additionalGroups: [own] })).toEqual([own]);
  });

  test('an alert is left out by its name, and a group with none left is', async () => {
    const file = load(read('files/alerts.yaml')) as { groups: { name: string; rules: { alert: string }[] }[] };
    const rules = async (disabled: readonly string[]) => {
      const prometheusRule = { enabled: true, defaultRules: { disabled } };
      const all = await objects(templateWith({ prometheus: { prometheusRule } }));
      const groups = of(all, 'PrometheusRule').spec!.groups as typeof file.groups;
      return groups.map(({ name, rules }) => [name, rules.map(({ alert }) => alert)] as const);
    };
    const whole = file.groups.map(({ name, rules }) => [name, rules.map(({ alert }) => alert)] as const);
    expect(await rules([])).toEqual(whole);
    const [last, names] = whole.at(-1)!;
    expect(await rules(names.slice(1))).toEqual([...whole.slice(0, -1), [last, names.slice(0, 1)]]);
    expect(await rules(names)).toEqual(whole.slice(0, -1));
  });

  test.each([
    ['MetricsSidecarReloadFaild', 'MetricsSidecarReloadFailed'],
    ['metricssidecartlserrors', 'MetricsSidecarTlsErrors'],
    ['PodsMissed', 'MetricsSidecarPodsMissed'],
    ['MetricsSidecarStatsdUnmaped', 'MetricsSidecarStatsdUnmapped'],
    ['ReceiveNothing', 'MetricsSidecarReceivesNothing'],
  ])('%s is no alert: %s was meant', async (word, meant) => {
    const { ok, text } = await templateWith({ prometheus: { prometheusRule: { defaultRules: { disabled: [word] } } } });
    expect(ok).toBe(false);
    expect(text).toContain(`defaultRules.disabled: there is no alert "${word}"; did you mean "${meant}"?`);
  });

  test('dashboards are the files, each in a ConfigMap of its own', async () => {
    const files = readdirSync(join(chart, 'files/dashboards')).filter((file) => file.endsWith('.json'));
    const grafana = { dashboards: { enabled: true, folder: 'Metrics', namespace: 'grafana' } };
    const all = (await objects(templateWith({ grafana }))).filter(
      ({ metadata }) => metadata.labels?.grafana_dashboard === '1',
    );
    expect(all.map(({ data }) => Object.keys(data!))).toEqual(files.sort().map((file) => [file]));
    expect(files.length).toBeGreaterThan(0);
    for (const { data, metadata } of all) {
      const [[file, text]] = Object.entries(data!) as [[string, string]];
      expect(JSON.parse(text)).toEqual(JSON.parse(read(`files/dashboards/${file}`)));
      expect(metadata).toMatchObject({ namespace: 'grafana', annotations: { grafana_folder: 'Metrics' } });
      // The API server's limit of an object, with room for its metadata.
      expect(Buffer.byteLength(text)).toBeLessThan(900 * 1024);
    }
  });
});
