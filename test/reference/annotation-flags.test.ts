import { expect, test } from 'vitest';
import { injectPod } from '../../src/inject/inject.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { kindNames } from '../../src/kinds/kind-names.ts';
import { type AnnotationEntry, annotationReference } from '../../src/reference/annotations.ts';
import { entriesOf } from '../../src/reference/reference.ts';
import { facts, settings } from '../inject/cluster.ts';
import { containers, patched, pod } from '../inject/pods.ts';

/**
 * What an annotation that is no flag's changes of the flags all the same: before a plain container ends, nobody waits.
 */
const besides: Readonly<Record<string, readonly string[]>> = {
  'metrics-sidecar.io/native': ['haproxy.grace', 'shutdown.grace-period'],
};

/** The example, and another value, for it may be what holds anyway. */
function values({ key, example }: AnnotationEntry): readonly string[] {
  if (key === 'haproxy.metrics-sidecar.io/app-port') return ['admin'];
  if (example.includes(',')) return [example];
  return [example, example.replace(/(?<![\w/])\d+/, (digits) => String(Number(digits) + 1))];
}

/** The flags, with their values, of all containers that are added to a pod with every kind. */
function argumentsOf(annotations: Readonly<Record<string, string>>): ReadonlySet<string> {
  const ports = [
    { name: 'http', containerPort: 8080 },
    { name: 'admin', containerPort: 8081 },
  ];
  const json: JsonObject = pod(kindNames.join(','), {
    annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080', ...annotations },
    spec: {
      containers: [
        { name: 'app', image: 'example.test/orders:1', ports },
        { name: 'worker', image: 'example.test/orders:1' },
      ],
    },
  });
  const outcome = injectPod({ pod: json, facts: facts(), settings: settings() });
  expect(outcome.reasons.filter(({ code }) => code === 'bad_value' || code === 'unknown_annotation')).toEqual([]);
  const added = patched(json, outcome);
  const all = [...containers(added, 'initContainers'), ...containers(added, 'containers')];
  return new Set(all.flatMap(({ args = [] }) => args).filter((argument) => argument.startsWith('--')));
}

/** The names of the flags that an annotation changes, adds or takes away. */
function changed(entry: AnnotationEntry): ReadonlySet<string> {
  const without = argumentsOf({});
  const differing = values(entry).flatMap((value) => {
    const with_ = argumentsOf({ [entry.key]: value });
    return [...[...with_].filter((one) => !without.has(one)), ...[...without].filter((one) => !with_.has(one))];
  });
  return new Set(differing.map((argument) => argument.slice(2).split('=', 1)[0]!));
}

const entries = entriesOf(annotationReference).filter(
  ({ object, key }) => object === 'pod' && key !== 'metrics-sidecar.io/inject',
);

test.each(entries.map((entry) => [entry.key, entry] as const))(
  '%s is rendered to the flag that is told',
  (_, entry) => {
    const flags = changed(entry);
    if (entry.flag === null) expect([...flags]).toEqual(besides[entry.key] ?? []);
    else expect([...flags]).toContain(entry.flag);
  },
);
