import { describe, expect, test } from 'vitest';
import { kindNames } from '../../src/kinds/kind-names.ts';
import { allDashboards, dashboardFile } from '../../src/monitoring/all-dashboards.ts';
import { knownMetrics } from './known-metrics.ts';
import { metricNames } from './promql.ts';
import { dashboardQueries, withVariables } from './queries.ts';

const dashboards = await allDashboards();

interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly datasource: object; readonly legendFormat: string }[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit: string;
      readonly thresholds: { readonly steps: readonly { value: unknown }[] };
    };
  };
}

interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly PanelJson[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const written = dashboards.map(
  (dashboard) => [dashboard.name, JSON.parse(dashboardFile(dashboard)) as DashboardJson] as const,
);
const known = knownMetrics();

test('one of all workloads, one for the injector and one for each kind', () => {
  expect(dashboards.map(({ name }) => name)).toEqual(
    ['overview', 'injector', ...kindNames].map((part) => `metrics-sidecar-${part}`),
  );
});

describe.each(written)('%s', (name, json) => {
  const graphs = json.panels.filter(({ type }) => type !== 'row');

  test('its uid is its name, short enough for Grafana', () => {
    expect(json.uid).toBe(name);
    expect(name.length).toBeLessThanOrEqual(40);
  });

  test('every panel has an id of its own', () => {
    expect(new Set(json.panels.map(({ id }) => id)).size).toBe(json.panels.length);
    for (const { id } of json.panels) expect(id).toBeGreaterThan(0);
  });

  test('no title twice, each with a description and a unit', () => {
    expect(new Set(graphs.map(({ title }) => title)).size).toBe(graphs.length);
    for (const { title, description, fieldConfig } of graphs) {
      expect(description, title).toMatch(/\.$/);
      expect(fieldConfig!.defaults.unit, title).not.toBe('');
    }
  });

  test('panels stand beside and below each other', () => {
    for (const { title, gridPos } of json.panels) expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    const cells = json.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  test('thresholds begin below everything and rise', () => {
    for (const { title, fieldConfig } of graphs) {
      const [first, ...rest] = fieldConfig!.defaults.thresholds.steps.map(({ value }) => value);
      expect(first, title).toBeNull();
      expect(rest, title).toEqual(rest.toSorted((a, b) => Number(a) - Number(b)));
    }
  });

  test('the data source is the variable, everywhere', () => {
    const used = [...JSON.stringify(json).matchAll(/"datasource":(\{.*?\})/g)].map(([, object]) => object);
    expect(new Set(used)).toEqual(new Set(['{"type":"prometheus","uid":"$datasource"}']));
    for (const { targets } of graphs) for (const { datasource } of targets!) expect(datasource).toBeDefined();
  });

  test('it asks for a data source, a cluster, a namespace and a pod', () => {
    expect(json.templating.list.map((variable) => variable.name)).toEqual([
      'datasource',
      'cluster',
      'namespace',
      'pod',
    ]);
    for (const { definition } of json.templating.list.slice(1)) {
      expect(known).toContain(/^label_values\(([a-z_]+)/.exec(definition!)![1]);
    }
  });

  test('queries of a panel are told apart', () => {
    for (const { title, targets } of graphs) {
      expect(new Set(targets!.map(({ refId }) => refId)).size, title).toBe(targets!.length);
      for (const { legendFormat } of targets!) expect(legendFormat, title).not.toBe('');
    }
  });

  test('it is the same text each time', () => {
    const dashboard = dashboards.find((one) => one.name === name)!;
    expect(dashboardFile(dashboard)).toBe(dashboardFile(dashboard));
    expect(dashboardFile(dashboard)).toMatch(/\}\n$/);
  });
});

describe('every query', () => {
  test.each(dashboardQueries.map(({ of, expression }) => [of, expression]))('%s', (_, expression) => {
    expect([...metricNames(expression)].filter((metric) => !known.has(metric))).toEqual([]);
    expect(metricNames(expression).size).toBeGreaterThan(0);
    // `"$1"` is a group of label_replace.
    expect(expression.replaceAll('"$1"', '')).not.toContain('$');
  });

  test('asks for the chosen pods alone, but for the cluster as a whole', () => {
    const unbound = dashboards
      .flatMap(({ rows }) => rows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries)))
      .map(({ expression }) => expression)
      .filter((expression) => withVariables(expression) === expression || !expression.includes('$pod'));
    const metrics = new Set(unbound.flatMap((expression) => [...metricNames(expression)]));
    expect([...metrics].sort()).toEqual([
      'apiserver_admission_webhook_admission_duration_seconds_bucket',
      'apiserver_admission_webhook_fail_open_count',
      'apiserver_admission_webhook_rejection_count',
      'metrics_sidecar_build_info',
    ]);
  });
});
