import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { runAlerts } from '../../../src/cli/commands/alerts-command.ts';
import { alertGroups, rulesFile } from '../../../src/monitoring/rules.ts';
import { printed } from '../printed.ts';

test('prints a rules file', async () => {
  expect(await printed(runAlerts)).toEqual({ code: 0, out: rulesFile(await alertGroups()), err: '' });
});

test('prints the object of the operator with the labels it is found by', async () => {
  const { out } = await printed(
    runAlerts,
    ...['-o', 'prometheusrule', '--namespace=monitoring', '--labels=release=kps,team=a'],
    '--runbook-url=https://runbooks.example/',
  );
  expect(load(out)).toMatchObject({
    kind: 'PrometheusRule',
    metadata: { name: 'metrics-sidecar', namespace: 'monitoring', labels: { release: 'kps', team: 'a' } },
  });
  expect(out).toContain('runbook_url: https://runbooks.example/metricssidecarinjectordown');
});

test.each([
  ['-o=json', '--output'],
  ['--labels=release', 'KEY=VALUE'],
  ['--runbook-url=docs', '--runbook-url'],
  ['extra', 'unexpected argument'],
])('%s is a wrong command line', async (flag, problem) => {
  const { code, out, err } = await printed(runAlerts, flag);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(problem);
});
