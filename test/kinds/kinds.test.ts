import { expect, test } from 'vitest';
import { planPod } from '../../src/inject/plan/injection-plan.ts';
import { type Pod, readPod } from '../../src/inject/pod/pod.ts';
import { readRequest } from '../../src/inject/request/request.ts';
import { kinds } from '../../src/kinds/kinds.ts';
import { facts, settings } from '../inject/cluster.ts';
import { annotationsOf, pod } from '../inject/pods.ts';

const mappings: readonly [string, string][] = [
  ['mapping', 'mappings: []'],
  ['mapping-share', '/etc/statsd'],
  ['mapping-image-file', '/m.yml'],
];

test.each(mappings)('names that a plan gives are those of its kinds: %s', (setting, text) => {
  const json = pod(kinds.map(({ name }) => name).join(','), {
    annotations: { [`statsd.metrics-sidecar.io/${setting}`]: text },
    container: { ports: [{ containerPort: 8080 }] },
  });
  const request = readRequest(new Map(Object.entries(annotationsOf(json))), {}, new Map());
  const plan = planPod(readPod(json) as Pod, request, facts(), settings());
  const names = kinds.map(({ injection }) => injection.names);
  const known = names.flatMap(({ inits, running, volumes }) => [...inits, ...running, ...volumes]);
  const given = [
    ...plan.shares.flatMap(({ volume, inits }) => [volume?.name, ...inits.map(({ name }) => name)]),
    ...plan.containers.map(({ name }) => name),
  ];
  expect(given.filter((name) => name !== undefined && !known.includes(String(name)))).toEqual([]);
  expect(plan.command.segments.map(({ kind }) => kind)).toEqual(kinds);
});

test('every kind has a name, metrics, a dashboard and alerts of its own', async () => {
  const names = kinds.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const kind of kinds) {
    expect(Object.keys(await kind.metrics()).length).toBeGreaterThan(0);
    expect((await kind.dashboard()).name).toBe(`metrics-sidecar-${kind.name}`);
    expect((await kind.alerts()).name).toBe(`metrics-sidecar-${kind.name}`);
  }
});
