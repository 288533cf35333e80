import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { injectPod, injectService, lintWorkload } from '../../src/inject/inject.ts';
import type { Outcome } from '../../src/inject/outcome/outcome.ts';
import type { Facts } from '../../src/inject/pod/namespace-facts.ts';
import type { InjectSettings } from '../../src/inject/request/settings.ts';
import { type Uninjected, uninjectPod } from '../../src/inject/uninject/uninject.ts';
import { uninjectService } from '../../src/inject/uninject/uninject-service.ts';
import { isObject, type Json, type JsonObject, objectOf, objectsOf, textOf } from '../../src/json/json.ts';
import { facts, settings } from './cluster.ts';

/**
 * One folder each: `pod`, `service` or `workload` (YAML or JSON) is one object as the API server sends it;
 * `manifest.yaml` is a file as people keep it, with any number of documents. Beside it `facts.json` and `settings.json`
 * where they are not the usual ones, and for custom resources `options.json` with the `podTemplatePath`.
 */
export const corpus = join(import.meta.dirname, '../golden/inject');
export const folders = readdirSync(corpus);

/** An object of a case that the engine decides about. */
export interface Case {
  readonly what: 'pod' | 'service' | 'workload';
  /** Where it stands in a manifest: `1 Deployment orders: spec.template`. */
  readonly at: string;
  readonly json: JsonObject;
  readonly run: (json: JsonObject) => Outcome;
  /** Nothing for a workload that is only linted. */
  readonly undo?: (json: JsonObject) => Uninjected;
}

export function casesOf(folder: string): readonly Case[] {
  const given = { facts: facts(read(folder, 'facts') ?? {}), settings: settings(read(folder, 'settings') ?? {}) };
  for (const what of ['pod', 'service', 'workload'] as const) {
    const json = read(folder, what);
    if (json !== undefined) return [caseOf(what, '', json, given)];
  }
  const path = textOf(read(folder, 'options')?.podTemplatePath);
  const documents = loadAll(readFileSync(join(corpus, folder, 'manifest.yaml'), 'utf8')) as Json[];
  return documents.flatMap((document, i) =>
    found(document, String(i), path).map(({ what, at, json }) => caseOf(what, at, json, given)),
  );
}

/** The recorded outcomes: one of an object alone, or those of a manifest by where they stand. */
export function outcomesOf(folder: string): readonly Outcome[] {
  const recorded = JSON.parse(readFileSync(join(corpus, folder, 'outcome.json'), 'utf8')) as object;
  return 'decision' in recorded ? [recorded as Outcome] : (Object.values(recorded) as Outcome[]);
}

export function read(folder: string, name: string): JsonObject | undefined {
  for (const [extension, parse] of [
    ['yaml', load],
    ['json', JSON.parse],
  ] as const) {
    const file = join(corpus, folder, `${name}.${extension}`);
    if (existsSync(file)) return parse(readFileSync(file, 'utf8')) as JsonObject;
  }
  return undefined;
}

function caseOf(
  what: Case['what'],
  at: string,
  json: JsonObject,
  given: { readonly facts: Facts; readonly settings: InjectSettings },
): Case {
  switch (what) {
    case 'pod':
      return { what, at, json, run: (pod) => injectPod({ pod, ...given }), undo: uninjectPod };
    case 'service':
      return { what, at, json, run: (service) => injectService({ service, ...given }), undo: uninjectService };
    case 'workload':
      return { what, at, json, run: (workload) => lintWorkload({ workload, ...given }) };
  }
}

/** Where the kinds of Kubernetes keep their pod template. */
const templatePaths: Readonly<Record<string, string>> = {
  CronJob: 'spec.jobTemplate.spec.template',
  DaemonSet: 'spec.template',
  Deployment: 'spec.template',
  Job: 'spec.template',
  PodTemplate: 'template',
  ReplicaSet: 'spec.template',
  ReplicationController: 'spec.template',
  StatefulSet: 'spec.template',
};

/** The pods, pod templates and Services of a document, those of lists included. */
function found(document: Json, at: string, path: string | undefined): Pick<Case, 'what' | 'at' | 'json'>[] {
  if (!isObject(document)) return [];
  const kind = textOf(document.kind) ?? '';
  if (kind.endsWith('List')) {
    const of = kind.slice(0, -'List'.length);
    return objectsOf(document.items).flatMap((item, i) =>
      found(of === '' ? item : { kind: of, ...item }, `${at}.${i}`, path),
    );
  }
  const metadata = objectOf(document.metadata);
  const name = `${at} ${kind} ${textOf(metadata?.name) ?? textOf(metadata?.generateName) ?? ''}`;
  if (kind === 'Pod') return [{ what: 'pod', at: name, json: document }];
  if (kind === 'Service' && document.apiVersion === 'v1') return [{ what: 'service', at: name, json: document }];
  const where = templatePaths[kind] ?? path;
  const template = where?.split('.').reduce<JsonObject | undefined>((json, key) => objectOf(json?.[key]), document);
  return template === undefined ? [] : [{ what: 'pod', at: `${name}: ${where}`, json: template }];
}
