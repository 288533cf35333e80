import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { anchorOf } from '../../src/monitoring/alerts/alert.ts';
import { alertGroups, prometheusRule, rulesFile } from '../../src/monitoring/rules.ts';
import { metricPrefix, webhookMetrics } from '../../src/webhook/metrics/webhook-metric-table.ts';
import { knownMetrics } from './known-metrics.ts';
import { metricNames } from './promql.ts';

const groups = await alertGroups();

interface Rule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
interface Groups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

const alerts = groups.flatMap((group) => group.alerts);
const known = knownMetrics();
const links = (text: string) =>
  (load(text) as Groups).groups.flatMap(({ rules }) => rules.map(({ annotations }) => annotations['runbook_url']));

test('no name of a group or an alert is used twice', () => {
  expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
  expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
});

describe.each(alerts.map((alert) => [alert.name, alert] as const))('%s', (name, alert) => {
  test('reads only metrics that there are', () => {
    expect([...metricNames(alert.expression)].filter((metric) => !known.has(metric))).toEqual([]);
  });

  test('lasts longer than a restart', () => {
    const [, amount, unit] = /^(\d+)(m|h)$/.exec(alert.for)!;
    expect(Number(amount) * (unit === 'h' ? 60 : 1)).toBeGreaterThanOrEqual(5);
  });

  test('is one line and a paragraph for people', () => {
    expect(name).toMatch(/^MetricsSidecar[A-Z][A-Za-z]+$/);
    expect(alert.summary).toMatch(/^[^\n]{10,150}\.$/);
    expect(alert.description).toMatch(/^[^\n]{10,300}\.$/);
  });

  test('names only labels that its expression keeps', () => {
    const used = [...`${alert.summary} ${alert.description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label!);
    const kept = /^\w+ by \(([^)]*)\)|^histogram_quantile\([^(]*\(?sum by \(([^)]*)\)/.exec(alert.expression);
    const labels = (kept?.[1] ?? kept?.[2] ?? '').split(', ');
    expect(used.filter((label) => !labels.includes(label))).toEqual([]);
  });

  test('has a section in docs/alerts.md', () => {
    const document = readFileSync(join(import.meta.dirname, '../../docs/alerts.md'), 'utf8');
    expect(document.split('\n')).toContain(`## ${name}`);
    expect(anchorOf(alert)).toBe(name.toLowerCase());
  });
});

test('everything that the webhook counts or measures as wrong is read by an alert', () => {
  const wrong = Object.keys(webhookMetrics).filter((name) => /fail|error|refus|skew|missed_pods$|_expiry_/.test(name));
  const read = new Set(alerts.flatMap(({ expression }) => [...metricNames(expression)]));
  expect(wrong.length).toBeGreaterThan(5);
  expect(wrong.filter((name) => !read.has(`${metricPrefix}${name}`))).toEqual([]);
});

test('docs/alerts.md has no section of an alert that there is not', () => {
  const document = readFileSync(join(import.meta.dirname, '../../docs/alerts.md'), 'utf8');
  const sections = [...document.matchAll(/^## (MetricsSidecar\w+)$/gm)].map(([, name]) => name);
  expect(sections).toEqual(alerts.map(({ name }) => name));
});

test.each([
  ['https://runbooks.example', 'https://runbooks.example/metricssidecarinjectordown'],
  ['https://runbooks.example/', 'https://runbooks.example/metricssidecarinjectordown'],
  ['https://git.example/docs/alerts.md#', 'https://git.example/docs/alerts.md#metricssidecarinjectordown'],
  ['https://wiki.example/?page=', 'https://wiki.example/?page=metricssidecarinjectordown'],
  [undefined, undefined],
])('runbooks at %s', (runbook, link) => {
  expect(links(rulesFile(groups, runbook))[0]).toBe(link);
});

test('the object of the operator has the same groups', () => {
  const object = load(prometheusRule(groups, { name: 'x', namespace: 'y', labels: { release: 'z' } })) as Record<
    string,
    unknown
  >;
  expect(object).toMatchObject({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'x', namespace: 'y', labels: { release: 'z' } },
  });
  expect(object['spec']).toEqual(load(rulesFile(groups)));
});

test('without a namespace and labels the object has none', () => {
  expect(load(prometheusRule(groups, { name: 'x', labels: {} }))).toMatchObject({ metadata: { name: 'x' } });
  expect(
    Object.keys((load(prometheusRule(groups, { name: 'x', labels: {} })) as { metadata: object }).metadata),
  ).toEqual(['name']);
});

test('an alert that guesses at destinations wakes nobody, and says that it guesses', () => {
  const guesses = alerts.filter(({ expression }) => expression.includes('ephemeral_ports_usable'));
  expect(guesses.map(({ name, severity }) => [name, severity])).toEqual([
    ['MetricsSidecarPortsHalfUsed', 'info'],
    ['MetricsSidecarPortsNearlyUsed', 'info'],
  ]);
  for (const { description } of guesses) expect(description).toContain('The counters know no destination');
});
