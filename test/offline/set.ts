import { webhookFlags } from '../../src/contract/webhook.ts';
import { defaults } from '../../src/flags/flag.ts';
import { type PodTemplatePath, readPodTemplatePath } from '../../src/manifest/pod-template-path.ts';
import { readManifest } from '../../src/manifest/read/manifest.ts';
import { clusterContextOf } from '../../src/offline/evaluate/cluster-context.ts';
import { evaluateDocument } from '../../src/offline/evaluate/evaluate.ts';
import type { LintFinding } from '../../src/offline/lint/lint-finding.ts';
import { lint } from '../../src/offline/lint/lint-manifests.ts';
import { noSettings } from '../../src/settings/settings-file.ts';

export interface Given {
  readonly defaults?: Readonly<Record<string, string>>;
  readonly kubernetesVersion?: string;
  readonly paths?: readonly string[];
}

/** Manifests by the name of their file, read and judged as a command line would. */
export function setOf(files: Readonly<Record<string, string>>, given: Given = {}) {
  const manifests = Object.entries(files).map(([source, text]) => readManifest(text, source));
  const flags = { ...defaults(webhookFlags), namespace: 'default', kubernetesVersion: given.kubernetesVersion };
  const file = { ...noSettings, defaults: new Map(Object.entries(given.defaults ?? {})) };
  const cluster = clusterContextOf({ flags, file, version: '1.2.3' }, manifests);
  const paths = (given.paths ?? []).map(pathOf);
  const evaluated = manifests.flatMap(({ documents }) =>
    documents.flatMap((document) => evaluateDocument(document, paths, cluster)),
  );
  return { manifests, evaluated, cluster };
}

/** What lint finds in one text, or in several. */
export function linted(
  files: string | Readonly<Record<string, string>>,
  given: Given = {},
): Promise<readonly LintFinding[]> {
  const { manifests, evaluated, cluster } = setOf(typeof files === 'string' ? { 'a.yaml': files } : files, given);
  return lint(manifests, evaluated, cluster);
}

/** `line:column code advice`, which is what most tests are about. */
export function placesOf(found: readonly LintFinding[]): readonly string[] {
  return found.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

function pathOf(text: string): PodTemplatePath {
  const read = readPodTemplatePath(text);
  if (!read.ok) throw new Error(read.problem);
  return read.value;
}
