import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textOf } from '../../src/json/json.ts';
import { type PodTemplatePath, readPodTemplatePath } from '../../src/manifest/pod-template-path.ts';
import { type Manifest, readManifest } from '../../src/manifest/read/manifest.ts';
import { changedText } from '../../src/offline/change/change-output.ts';
import { injectManifest } from '../../src/offline/change/inject-manifest.ts';
import type { ManifestChange } from '../../src/offline/change/manifest-change.ts';
import { uninjectManifest } from '../../src/offline/change/uninject-manifest.ts';
import type { ClusterContext } from '../../src/offline/evaluate/cluster-context.ts';
import { facts, settings } from '../inject/cluster.ts';
import { corpus, folders, read } from '../inject/corpus.ts';

/** A case of the corpus as a file, and what its folder says of the cluster. */
export interface GivenFile {
  readonly folder: string;
  readonly name: string;
  readonly text: string;
  readonly cluster: ClusterContext;
  readonly paths: readonly PodTemplatePath[];
}

const names = ['manifest.yaml', 'pod.yaml', 'pod.json', 'service.yaml', 'workload.yaml', 'workload.json'];

/** Every case of the corpus: manifests as people keep them, and single objects. */
export const files: readonly GivenFile[] = folders.flatMap((folder) => {
  const given = { facts: facts(read(folder, 'facts') ?? {}), settings: settings(read(folder, 'settings') ?? {}) };
  const cluster = { settings: given.settings, facts: () => given.facts, findNamespace: () => undefined };
  const path = textOf(read(folder, 'options')?.podTemplatePath);
  return names
    .filter((name) => existsSync(join(corpus, folder, name)))
    .map((name) => ({
      folder,
      name,
      text: readFileSync(join(corpus, folder, name), 'utf8'),
      cluster,
      paths: path === undefined ? [] : [pathOf(path)],
    }));
});

function pathOf(text: string): PodTemplatePath {
  const read = readPodTemplatePath(text);
  if (!read.ok) throw new Error(read.problem);
  return read.value;
}

export function manifestOf({ name }: Pick<GivenFile, 'name'>, text: string): Manifest {
  return readManifest(text, name);
}

export function injected(file: GivenFile, text = file.text): ManifestChange {
  return injectManifest(manifestOf(file, text), file.paths, file.cluster);
}

export function uninjected(file: Pick<GivenFile, 'name' | 'paths'>, text: string): string {
  return changedText(uninjectManifest(manifestOf(file, text), file.paths));
}
