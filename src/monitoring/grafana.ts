import type { Dashboard, Panel, Query, Row } from './dashboards/dashboard.ts';

/** The schema of Grafana 11.6. Newer versions migrate it when they load it; older ones accept it as it is. */
const schemaVersion = 41;
const columns = 24;
const heights = { graph: 8, number: 4, table: 10 } as const;

const datasource = { type: 'prometheus', uid: '$datasource' } as const;

/** The tag by which people find the dashboards, and by which each links to the others. */
const tag = 'metrics-sidecar';

/**
 * A dashboard as Grafana's classic JSON model, which imports, file provisioning and the ConfigMaps of Grafana's sidecar
 * accept. The data source is a variable, so the file holds no installation's uid. The id of a panel is a hash of its
 * title: links to a panel stay valid when another is put before it.
 */
export function grafanaJson(dashboard: Dashboard): object {
  return {
    uid: dashboard.name,
    title: dashboard.title,
    description: dashboard.description,
    tags: [tag],
    schemaVersion,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    timezone: '',
    time: { from: 'now-1h', to: 'now' },
    links: [{ type: 'dashboards', tags: [tag], asDropdown: true, title: tag, includeVars: true, keepTime: true }],
    annotations: { list: [] },
    templating: { list: variables(dashboard.podMetric) },
    panels: panels(dashboard.rows),
  };
}

function variables(metric: string): object[] {
  return [
    { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', refresh: 1, current: {} },
    labelVariable('cluster', 'Cluster', `label_values(${metric}, cluster)`),
    labelVariable('namespace', 'Namespace', `label_values(${metric}{cluster=~"$cluster"}, namespace)`),
    labelVariable('pod', 'Pod', `label_values(${metric}{cluster=~"$cluster", namespace=~"$namespace"}, pod)`),
  ];
}

/** All is `.*`, not `.+`: series without the label match too. */
function labelVariable(name: string, label: string, query: string): object {
  return {
    ...{ name, label, type: 'query', datasource, definition: query, query: { query, refId: name } },
    ...{ includeAll: true, allValue: '.*', multi: true, refresh: 2, sort: 1 },
    current: { text: ['All'], value: ['$__all'] },
  };
}

function panels(rows: readonly Row[]): object[] {
  let top = 0;
  return rows.flatMap((row) => {
    const head = { id: idOf(row.title, ''), type: 'row', title: row.title, collapsed: false, panels: [] };
    const placed: object[] = [{ ...head, gridPos: { x: 0, y: top, w: columns, h: 1 } }];
    top += 1;
    let left = 0;
    let height = 0;
    for (const panel of row.panels) {
      if (left + panel.width > columns) {
        top += height;
        [left, height] = [0, 0];
      }
      const gridPos = { x: left, y: top, w: panel.width, h: heights[panel.kind] };
      placed.push(panelJson(panel, idOf(row.title, panel.title), gridPos));
      left += panel.width;
      height = Math.max(height, gridPos.h);
    }
    top += height;
    return placed;
  });
}

/** FNV-1a, 31 bits: Grafana's ids are positive 32-bit numbers. */
function idOf(...titles: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const character of titles.join('\n')) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return hash & 0x7fffffff;
}

function panelJson(panel: Panel, id: number, gridPos: object): object {
  const { title, description, kind } = panel;
  const isGraph = kind === 'graph';
  const isTable = kind === 'table';
  return {
    ...{ id, type: types[kind], title, description, datasource, gridPos },
    fieldConfig: {
      defaults: { ...fieldDefaults(panel), ...(isGraph && { custom: lines(panel) }) },
      overrides: isTable ? panel.queries.map(columnUnit) : [],
    },
    options: options[kind],
    ...(isTable && { transformations: columnsOf(panel) }),
    targets: panel.queries.map(({ expression, legend }, i) => ({
      ...{ refId: String.fromCharCode(65 + i), datasource, editorMode: 'code', expr: expression },
      legendFormat: legend === '' ? title : legend,
      ...(isGraph ? { range: true } : { instant: true, range: false }),
      ...(isTable && { format: 'table' }),
    })),
  };
}

const types = { graph: 'timeseries', number: 'stat', table: 'table' } as const;

/** The answers of all queries as one table, whose columns have the names of the queries. */
function columnsOf({ queries }: Panel): object[] {
  const columnName = (i: number) => (queries.length === 1 ? 'Value' : `Value #${String.fromCharCode(65 + i)}`);
  const renameByName = Object.fromEntries(queries.map(({ legend }, i) => [columnName(i), legend]));
  return [
    { id: 'merge', options: {} },
    { id: 'organize', options: { excludeByName: { Time: true }, renameByName } },
  ];
}

function columnUnit({ legend, unit = 'none' }: Query): object {
  return { matcher: { id: 'byName', options: legend }, properties: [{ id: 'unit', value: unit }] };
}

function fieldDefaults({ unit, thresholds, kind, max }: Panel): object {
  const steps = thresholds.map(([color, value], i) => ({ color, value: i === 0 ? null : value }));
  return {
    unit,
    ...(kind === 'graph' && { min: 0 }),
    ...(max !== undefined && { max }),
    color: { mode: kind === 'graph' ? 'palette-classic' : 'thresholds' },
    thresholds: { mode: 'absolute', steps: steps.length === 0 ? [{ color: 'text', value: null }] : steps },
  };
}

function lines({ stacked, thresholds }: Panel): object {
  return {
    ...{ drawStyle: 'line', lineWidth: 1, fillOpacity: stacked ? 40 : 8, showPoints: 'never', spanNulls: false },
    stacking: { group: 'A', mode: stacked ? 'normal' : 'none' },
    thresholdsStyle: { mode: thresholds.length === 0 ? 'off' : 'dashed' },
  };
}

const graphOptions = {
  legend: { displayMode: 'table', placement: 'bottom', showLegend: true, calcs: ['mean', 'max'] },
  tooltip: { mode: 'multi', sort: 'desc' },
};

const numberOptions = {
  ...{ colorMode: 'value', graphMode: 'none', justifyMode: 'auto', orientation: 'auto', textMode: 'value' },
  reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
};

const tableOptions = { showHeader: true, cellHeight: 'sm', footer: { show: false } };

const options = { graph: graphOptions, number: numberOptions, table: tableOptions } as const;
