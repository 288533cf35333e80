import { isDeepStrictEqual } from 'node:util';
import { load } from 'js-yaml';
import { type KubernetesObject, read, type Tree } from './helm.ts';

/**
 * The version that the chart and the application share; goldens say VERSION, so that a release does not change them.
 */
const version = (load(read('Chart.yaml')) as { version: string }).version;

/**
 * What Helm rendered as a golden keeps it: without the version, and without the texts that the chart takes over whole
 * from files/, which are checked to be those of the files.
 */
export function asGolden(rendered: string): string {
  const documents = rendered.split(/^---$/m).map(withoutFiles);
  const versions = new RegExp(`(?<![\\w.])${version.replaceAll('.', '\\.')}(?![\\w.])`, 'g');
  // Helm 4.3 ends a document with an empty line, 4.1 did not.
  return `${documents.map((document) => document.trimEnd()).join('\n---')}\n`.trimStart().replace(versions, 'VERSION');
}

function withoutFiles(document: string): string {
  if (/^kind: PrometheusRule$/m.test(document)) return withoutAlerts(document);
  return document.replace(/^( {2})([\w-]+\.json): \|\n((?: {4}.*\n|\n)+)/gm, (_, indent: string, file: string) => {
    const { data } = load(document) as KubernetesObject;
    const taken = data![file] === `${read(`files/dashboards/${file}`).trimEnd()}\n`;
    return `${indent}${file}: ${taken ? `"files/dashboards/${file}"` : '"something else than the file"'}\n`;
  });
}

function withoutAlerts(document: string): string {
  const { spec } = load(document) as KubernetesObject;
  const ours = defaultGroups(document);
  const kept = (spec!.groups as Tree[]).filter((group) => !ours.some((our) => isDeepStrictEqual(our, group)));
  return document.replace(/^ {2}groups:\n[\s\S]*$/m, `  groups: ${JSON.stringify(kept)}\n`);
}

/** The groups of files/alerts.yaml with the runbooks where this document has them. */
function defaultGroups(document: string): readonly Tree[] {
  const runbooks = /runbook_url: ["']?(\S+?[/#=])[\w.-]+["']?$/m.exec(document)?.[1] ?? '';
  return (load(read('files/alerts.yaml').replaceAll('RUNBOOK_URL/', runbooks)) as { groups: Tree[] }).groups;
}
