import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import jsonPatch, { type Operation } from 'fast-json-patch';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { apply, kubectl, must } from './kubectl.ts';
import type { Ended } from './program.ts';

const namespace = 'goldens';
const goldens = join(import.meta.dirname, '../golden/inject');
const reviews = join(import.meta.dirname, '../golden/webhook/reviews');

interface Pod {
  kind?: string;
  metadata: { annotations?: Record<string, string>; labels?: Record<string, string>; [key: string]: unknown };
  spec: { containers: { name: string; args?: string[] }[]; initContainers?: { name: string; args?: string[] }[] };
}

interface Golden {
  readonly pod: Pod;
  readonly outcome: { readonly decision: string; readonly patch: Operation[] };
}

function golden(folder: string): Golden[] {
  const read = (file: string) => readFileSync(join(goldens, folder, file), 'utf8');
  const file = ['pod.yaml', 'pod.json'].find((name) => existsSync(join(goldens, folder, name)));
  if (file === undefined) return [];
  return [{ pod: load(read(file)) as Pod, outcome: JSON.parse(read('outcome.json')) as Golden['outcome'] }];
}

function recorded(file: string): Pod[] {
  const { request } = JSON.parse(readFileSync(join(reviews, file), 'utf8')) as {
    request: { operation: string; subResource?: string; object: Pod };
  };
  const created = request.object.kind === 'Pod' && request.operation === 'CREATE' && request.subResource === undefined;
  return created ? [request.object] : [];
}

/** What a person could have written of a pod: without owners, which the API server would look for, and its own marks. */
function asWritten({ metadata, spec }: Pod): object {
  const { name, generateName, labels } = metadata;
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...annotations } = metadata.annotations ?? {};
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, generateName, labels, annotations, namespace }, spec };
}

/** Unknown fields are part of some goldens; the API server drops them. */
const create = (pod: object): Promise<Ended> =>
  kubectl(['create', '-f', '-', '--dry-run=server', '--validate=ignore', '-o', 'json'], JSON.stringify(pod));

const commands = ({ spec }: Pod) =>
  [...(spec.initContainers ?? []), ...spec.containers].map(({ name, args }) => ({ name, args }));

describe.skipIf(inject('missing'))('the real API server accepts what the engine makes', () => {
  beforeAll(() => apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]));
  afterAll(() => must(['delete', 'namespace', namespace, '--wait=false']));

  const folders = readdirSync(goldens).flatMap((folder) => golden(folder).map((one) => [folder, one] as const));

  // What the settings of a golden deny is not denied by those of this webhook.
  const ours = folders.filter(
    ([folder, { outcome }]) => outcome.decision !== 'denied' || !existsSync(join(goldens, folder, 'settings.json')),
  );

  test.each(ours)('golden %s', async (_, { pod, outcome }) => {
    const made = jsonPatch.applyPatch(structuredClone(pod), outcome.patch).newDocument;
    const { code, out, err } = await create(asWritten(made));
    if (outcome.decision === 'denied') {
      expect(err).toContain('denied the request');
      return;
    }
    expect(code, err).toBe(0);
    // The webhook was asked about the pod it (or the engine with other settings) made: it leaves it as it is.
    if (outcome.decision === 'injected') expect(commands(JSON.parse(out) as Pod)).toEqual(commands(made));
  });

  const asked = [
    ...folders.map(([folder, { pod }]) => [`golden ${folder}`, pod] as const),
    ...readdirSync(reviews).flatMap((file) => recorded(file).map((pod) => [`review ${file}`, pod] as const)),
  ];

  test.each(asked)('a second pass through the webhook changes nothing: %s', async (_, pod) => {
    const first = await create(asWritten(pod));
    if (first.code !== 0) {
      expect(first.err).toContain('denied the request');
      return;
    }
    const made = JSON.parse(first.out) as Pod;
    const second = await create(asWritten(made));
    expect(second.code, second.err).toBe(0);
    const again = JSON.parse(second.out) as Pod;
    expect(asWritten(again)).toEqual(asWritten(made));
  });
});
