import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { uidRangeAnnotation } from '../../src/inject/pod/uid-range.ts';
import type { InjectSettings } from '../../src/inject/request/settings.ts';
import { type JsonObject, objectOf, textOf, textsOf } from '../../src/json/json.ts';
import { kindNames } from '../../src/kinds/kind-names.ts';
import { type ManifestObject, objectsOf } from '../../src/manifest/objects.ts';
import { type PodTemplatePath, readPodTemplatePath } from '../../src/manifest/pod-template-path.ts';
import { type Manifest, readManifest } from '../../src/manifest/read/manifest.ts';
import { isLeftToWebhook } from '../../src/offline/evaluate/left-to-webhook.ts';
import { corpus, folders, read } from '../inject/corpus.ts';

const names = [
  'manifest.yaml',
  'pod.yaml',
  'pod.json',
  'service.yaml',
  'service.json',
  'workload.yaml',
  'workload.json',
];

/** A case of the corpus as a file, and the namespace it is created in: one of its own where that decides about it. */
export interface CorpusFile {
  readonly folder: string;
  readonly name: string;
  readonly text: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly limitRanges: readonly JsonObject[];
  readonly quotas: readonly JsonObject[];
  readonly paths: readonly string[];
}

/** The namespace of the cases to which it does not matter. */
export const usual = 'corpus';

/** Custom resources that no path names are left out: the cluster does not know their kinds. */
export const corpusFiles: readonly CorpusFile[] = folders.map(corpusFile).filter(({ text, name, paths }) => {
  const read = paths.map(readPodTemplatePath).flatMap((path) => (path.ok ? [path.value] : []));
  const objects = readManifest(text, name).documents.flatMap((document) => objectsOf(document, read));
  return !objects.some(isLeftToWebhook);
});

function corpusFile(folder: string): CorpusFile {
  const name = names.find((one) => existsSync(join(corpus, folder, one)));
  if (name === undefined) throw new Error(`${folder} has no input`);
  const text = readFileSync(join(corpus, folder, name), 'utf8');
  const facts = read(folder, 'facts') ?? {};
  const path = textOf(read(folder, 'options')?.podTemplatePath);
  const labels = { ...labelsIn(readManifest(text, name)), ...Object.fromEntries(textsOf(objectOf(facts.labels))) };
  const limitRanges = (facts.limitRanges ?? []) as readonly JsonObject[];
  const annotations = facts.user === undefined ? {} : { [uidRangeAnnotation]: `${facts.user}/10000` };
  const quotas = (facts.quotas ?? []) as readonly JsonObject[];
  const isOwn = [labels, annotations, limitRanges, quotas].some((one) => Object.keys(one).length > 0);
  const namespace = isOwn ? `${usual}-${folder}` : usual;
  return {
    folder,
    name,
    text,
    namespace,
    labels,
    annotations,
    limitRanges,
    quotas,
    paths: path === undefined ? [] : [path],
  };
}

/** The labels of the Namespace that a manifest holds: the engine goes by those. */
function labelsIn(manifest: Manifest): Readonly<Record<string, string>> {
  const objects = manifest.documents.flatMap((document) => objectsOf(document, []));
  const namespace = objects.find(({ kind }) => kind === 'Namespace');
  return Object.fromEntries(textsOf(objectOf(objectOf(namespace?.value.metadata)?.labels)));
}

/** What tells the command line of a file's namespace, and makes it on a cluster. */
export function namespaceObjects({
  namespace,
  labels,
  annotations,
  limitRanges,
  quotas: given,
}: CorpusFile): readonly JsonObject[] {
  const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels, annotations } };
  // One for each item: a LimitRange may have one item of a type only.
  const ranges = limitRanges.map((item, i) => {
    return {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: `limits-${i}`, namespace },
      spec: { limits: [item] },
    };
  });
  const quotas = given.map((quota) => {
    const metadata = { ...objectOf(quota.metadata), namespace };
    return { apiVersion: 'v1', kind: 'ResourceQuota', ...quota, metadata };
  });
  return [own, ...ranges, ...quotas];
}

/** Settings as their file says them: defaults by setting, and what is locked. */
export function settingsFileOf({ defaults, discovery, lock, users }: InjectSettings): string {
  const nested: Record<string, unknown> = {};
  for (const [key, text] of defaults) {
    const [domain = '', name = ''] = key.split('/');
    const kind = domain === 'metrics-sidecar.io' ? undefined : domain.slice(0, domain.indexOf('.'));
    if (kind === undefined) nested[name] = text;
    else nested[kind] = { ...(nested[kind] as object | undefined), [name]: text };
  }
  const annotations = lock && {
    locked: [...lock.keys],
    kinds: kindNames.filter((kind) => !lock.kinds.has(kind)),
  };
  return dump({ discovery, ...(users && { users }), defaults: nested, ...(annotations && { annotations }) });
}

export function objectsIn({ name, paths }: CorpusFile, text: string): readonly ManifestObject[] {
  return readManifest(text, name).documents.flatMap((document) => objectsOf(document, paths.map(pathOf)));
}

function pathOf(text: string): PodTemplatePath {
  const path = readPodTemplatePath(text);
  if (!path.ok) throw new Error(path.problem);
  return path.value;
}

/** The service accounts of a file's pods, as the file has them, or as plain ones. */
export function accountsOf(file: CorpusFile): readonly JsonObject[] {
  const objects = objectsIn(file, file.text);
  const names = objects.flatMap(({ pods }) => pods.map(({ value }) => objectOf(value.spec)?.serviceAccountName));
  const used = [...new Set(names)].filter((name) => typeof name === 'string' && name !== 'default');
  return used.map((name) => {
    const own = objects.find((one) => one.kind === 'ServiceAccount' && one.name === name)?.value ?? {};
    return { ...own, apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: name!, namespace: file.namespace } };
  });
}
