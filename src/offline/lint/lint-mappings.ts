import { settingOf } from '../../contract/annotation.ts';
import { statsdFlags } from '../../contract/statsd.ts';
import type { Settings } from '../../flags/flag.ts';
import { type LintCode, lintReasons } from '../../inject/outcome/reasons.ts';
import { flagSettings, type Request, readRequest } from '../../inject/request/request.ts';
import { objectOf, textsOf } from '../../json/json.ts';
import { statsdAnnotations } from '../../kinds/statsd.ts';
import type { ManifestObject } from '../../manifest/objects.ts';
import type { Path } from '../../manifest/path.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';
import { nearest } from '../../text/nearest.ts';
import type { ClusterContext } from '../evaluate/cluster-context.ts';
import type { EvaluatedObject, LocatedEvaluation } from '../evaluate/evaluate.ts';
import { embeddedPosition } from './embedded-position.ts';
import type { DocumentFinding } from './lint-finding.ts';
import { intendedPodIn } from './lint-pods.ts';

const { mapping, 'mapping-config-map': configMap } = statsdAnnotations;

/** The hash that kustomize appends to the names of generated ConfigMaps, with its dash. (kustomize, api/hasher) */
const hash = /^-[2456789bcdfghkmt]{10}$/;
const hashLength = 11;

/** A mapping of a megabyte can have a hundred thousand findings. */
const mostFindings = 100;

type StatsdSettings = Settings<typeof statsdFlags>;

/** The text of a mapping, and its path. */
interface MappingText {
  readonly document: ManifestDocument;
  readonly object: ManifestObject;
  readonly path: Path;
  readonly text: string;
}

/** The findings of the pods' mappings; each mapping's findings appear once. */
export type LintMappings = (pods: readonly LocatedEvaluation[]) => Promise<readonly DocumentFinding[]>;

/**
 * Lints the mappings that are part of the manifests: in an annotation, or in a ConfigMap of the same namespace. A
 * mapping is read with the flags that the pod gives its sidecar; a thousand pods that share a mapping and its flags
 * cost one reading.
 */
export function mappingLinter(all: readonly EvaluatedObject[], cluster: ClusterContext): LintMappings {
  const configMaps = configMapsOf(all, cluster);
  const cache = new Map<ManifestObject, Map<string, readonly DocumentFinding[]>>();
  const read = async (own: MappingText, request: Request) => {
    const settings = flagSettings(request, 'statsd', statsdFlags);
    const ofObject = cache.get(own.object) ?? new Map<string, readonly DocumentFinding[]>();
    cache.set(own.object, ofObject);
    const id = JSON.stringify([own.path, settings]);
    const findings = ofObject.get(id) ?? (await lintMapping(own, settings));
    ofObject.set(id, findings);
    return findings;
  };
  return async (pods) => {
    const findings = new Set<readonly DocumentFinding[]>();
    for (const pod of pods) {
      const request = requestOf(pod, cluster);
      if (!(request.asked || []).includes('statsd')) continue;
      const own = mappingOf(pod, request, configMaps.get(namespaceOf(pod.object, cluster)) ?? noConfigMaps);
      if (own !== undefined) findings.add('text' in own ? await read(own, request) : [own]);
    }
    return [...findings].flat();
  };
}

/** The ConfigMaps of one namespace, by name and by the name without the hash that kustomize appends. */
interface ConfigMaps {
  readonly byName: Map<string, EvaluatedObject>;
  readonly byStem: Map<string, EvaluatedObject>;
}

const noConfigMaps: ConfigMaps = { byName: new Map(), byStem: new Map() };

/**
 * The ConfigMaps by namespace. The maps are made once, so that a pod finds its ConfigMap in constant time. Of several
 * ConfigMaps with one name the first counts.
 */
function configMapsOf(all: readonly EvaluatedObject[], cluster: ClusterContext): ReadonlyMap<string, ConfigMaps> {
  const byNamespace = new Map<string, ConfigMaps>();
  for (const one of all) {
    const { kind, apiVersion, name } = one.object;
    if (kind !== 'ConfigMap' || apiVersion !== 'v1') continue;
    const namespace = namespaceOf(one.object, cluster);
    const maps = byNamespace.get(namespace) ?? { byName: new Map(), byStem: new Map() };
    byNamespace.set(namespace, maps);
    if (!maps.byName.has(name)) maps.byName.set(name, one);
    const stem = name.slice(0, -hashLength);
    if (hash.test(name.slice(-hashLength)) && !maps.byStem.has(stem)) maps.byStem.set(stem, one);
  }
  return byNamespace;
}

function namespaceOf({ namespace }: ManifestObject, cluster: ClusterContext): string {
  return cluster.facts(namespace).namespace.name;
}

function requestOf({ object, evaluation }: LocatedEvaluation, { facts, settings }: ClusterContext): Request {
  const value = intendedPodIn(object, evaluation.location)?.pod ?? evaluation.location.value;
  const annotations = textsOf(objectOf(value.metadata)?.annotations);
  return readRequest(annotations, facts(object.namespace).namespace.labels, settings.defaults, settings.lock);
}

/** The text of a pod's mapping; a finding where the manifests have its ConfigMap without that text. */
function mappingOf(
  { document, object, evaluation }: LocatedEvaluation,
  request: Request,
  near: ConfigMaps,
): MappingText | DocumentFinding | undefined {
  const annotation = (key: string): Path => [...evaluation.location.path, 'metadata', 'annotations', key];
  const { value: text, source: textSource } = settingOf(request, mapping);
  // An annotation without a value asks for no mapping.
  if (textSource === 'annotation' && text !== undefined) {
    return { document, object, path: annotation(mapping.key), text };
  }
  const { value: reference, source } = settingOf(request, configMap);
  if (reference === undefined) return undefined;
  const where: Reference = { path: annotation(configMap.key), ...reference, isOwn: source === 'annotation' };
  const holder = near.byName.get(reference.name);
  return holder === undefined
    ? renamed({ document, object }, where, near)
    : mappingIn(holder, { document, object }, where);
}

/** The key of a ConfigMap that a pod refers to; `isOwn`: by its own annotation, not by the settings file. */
interface Reference {
  readonly path: Path;
  readonly name: string;
  readonly key: string;
  readonly isOwn: boolean;
}

type At = Pick<DocumentFinding, 'document' | 'object'>;

/** A reference to a generated ConfigMap: kustomize does not rename references in annotations. */
function renamed(at: At, { path, name, isOwn }: Reference, near: ConfigMaps): DocumentFinding | undefined {
  const other = near.byStem.get(name);
  if (other === undefined || !isOwn) return undefined;
  const { sentence: words, action: advice } = lintReasons.config_map_renamed;
  const sentence = `${configMap.key}: ${words}: ${name} is ${other.object.name}`;
  return { ...at, path, code: 'config_map_renamed', sentence, advice };
}

/** The text behind a reference, or a finding where the ConfigMap does not have the key. */
function mappingIn(
  { document, object }: At,
  pod: At,
  { path, name, key, isOwn }: Reference,
): MappingText | DocumentFinding | undefined {
  const data = textsOf(object.value.data);
  const text = data.get(key);
  if (text !== undefined) return { document, object, path: [...object.path, 'data', key], text };
  if (Object.hasOwn(objectOf(object.value.binaryData) ?? {}, key)) return undefined;
  const similar = nearest(key, data.keys()) ?? (data.size === 1 ? [...data.keys()][0] : undefined);
  const { sentence: words, action } = lintReasons.mapping_key_missing;
  const sentence = `${configMap.key}: ${words}: ${name}/${key}`;
  const advice = similar === undefined ? action : `Write ${configMap.key}: "${name}/${similar}".`;
  const at = isOwn ? { ...pod, path } : { document, object, path: [...object.path, 'data'] };
  return { ...at, code: 'mapping_key_missing', sentence, advice };
}

async function lintMapping({ document, object, path, text }: MappingText, settings: StatsdSettings) {
  const { mappingReader } = await import('../../statsd/mapping/file/mapping-reader.ts');
  const read = await mappingReader(settings);
  const { findings } = read(text);
  const first = findings.slice(0, mostFindings).map((one): DocumentFinding => {
    const { exact, ...position } = embeddedPosition(document, path, text, one);
    const where = exact ? '' : `line ${one.line} of the mapping: `;
    return { document, object, path, position, ...described(one, `${where}${one.message} (${one.code})`) };
  });
  const more = findings.length - first.length;
  if (more === 0) return first;
  const worst = findings.slice(mostFindings).find(({ severity }) => severity === 'error') ?? findings[mostFindings]!;
  return [
    ...first,
    { document, object, path, ...described(worst, `${more} more: metrics-sidecar validate FILE has them`) },
  ];
}

function described({ severity }: { readonly severity: 'error' | 'warning' }, detail: string) {
  const code: LintCode = severity === 'error' ? 'mapping_invalid' : 'mapping_doubtful';
  const { sentence, action: advice } = lintReasons[code];
  return { code, sentence: `${sentence}: ${detail}`, advice };
}
