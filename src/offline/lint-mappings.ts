import { kindAnnotations } from '../contract/annotations.ts';
import { kindFlags } from '../contract/command.ts';
import { nearest } from '../flags/nearest.ts';
import { objectOf, textsOf } from '../inject/json.ts';
import { lintReasons } from '../inject/reasons.ts';
import { flagSettings, type Request, readRequest, settingOf } from '../inject/request.ts';
import type { ManifestDocument } from '../manifest/manifest.ts';
import type { ManifestObject } from '../manifest/objects.ts';
import type { Path } from '../manifest/path.ts';
import type { Examined } from './examine.ts';
import type { Knowledge } from './knowledge.ts';
import type { Found } from './lint-finding.ts';
import { type JudgedAt, meantIn } from './lint-pods.ts';
import { textPlace } from './lint-text-place.ts';

const { mapping, 'mapping-config-map': configMap } = kindAnnotations.statsd;

/** The hash that kustomize puts behind the names of generated ConfigMaps, with its dash. (kustomize, api/hasher) */
const hash = /^-[2456789bcdfghkmt]{10}$/;
const hashLength = 11;

/** A text that is a mapping, and where it stands. */
interface MappingText {
  readonly document: ManifestDocument;
  readonly object: ManifestObject;
  readonly path: Path;
  readonly text: string;
}

/**
 * What is wrong with the mappings of the pods, as far as they stand in the manifests: in an annotation, or in a ConfigMap
 * of the same namespace. They are read with the flags that the pod gives its sidecar.
 */
export async function lintMappings(
  pods: readonly JudgedAt[],
  all: readonly Examined[],
  knowledge: Knowledge,
): Promise<readonly Found[]> {
  const configMaps = configMapsOf(all, knowledge);
  const found: Found[] = [];
  for (const pod of pods) {
    const request = requestOf(pod, knowledge);
    if (!(request.asked || []).includes('statsd')) continue;
    const own = mappingOf(pod, request, configMaps.get(namespaceOf(pod.object, knowledge)) ?? noConfigMaps);
    if (own === undefined) continue;
    found.push(...('text' in own ? await lintMapping(own, request) : [own]));
  }
  return found;
}

/** The ConfigMaps of one namespace: by name, and by the name that one had before kustomize put its hash behind it. */
interface ConfigMaps {
  readonly byName: Map<string, Examined>;
  readonly byStem: Map<string, Examined>;
}

const noConfigMaps: ConfigMaps = { byName: new Map(), byStem: new Map() };

/**
 * By namespace, made once: a pod looks its ConfigMap up, however many objects the manifests hold. The first of a name
 * counts.
 */
function configMapsOf(all: readonly Examined[], knowledge: Knowledge): ReadonlyMap<string, ConfigMaps> {
  const found = new Map<string, ConfigMaps>();
  for (const one of all) {
    const { kind, apiVersion, name } = one.object;
    if (kind !== 'ConfigMap' || apiVersion !== 'v1') continue;
    const namespace = namespaceOf(one.object, knowledge);
    const maps = found.get(namespace) ?? { byName: new Map(), byStem: new Map() };
    found.set(namespace, maps);
    if (!maps.byName.has(name)) maps.byName.set(name, one);
    const stem = name.slice(0, -hashLength);
    if (hash.test(name.slice(-hashLength)) && !maps.byStem.has(stem)) maps.byStem.set(stem, one);
  }
  return found;
}

function namespaceOf({ namespace }: ManifestObject, knowledge: Knowledge): string {
  return knowledge.facts(namespace).namespace.name;
}

function requestOf({ object, judged }: JudgedAt, { facts, settings }: Knowledge): Request {
  const value = meantIn(object, judged.place)?.pod ?? judged.place.value;
  const annotations = textsOf(objectOf(value.metadata)?.annotations);
  return readRequest(annotations, facts(object.namespace).namespace.labels, settings.defaults, settings.lock);
}

/** The text of a pod's mapping; or that its ConfigMap, which is among the manifests, does not have it. */
function mappingOf(
  { document, object, judged }: JudgedAt,
  request: Request,
  near: ConfigMaps,
): MappingText | Found | undefined {
  const annotation = (key: string): Path => [...judged.place.path, 'metadata', 'annotations', key];
  const text = settingOf(request, mapping);
  if (text.source === 'annotation') return { document, object, path: annotation(mapping.key), text: text.value! };
  const { value: wanted, source } = settingOf(request, configMap);
  if (wanted === undefined) return undefined;
  const where: Wanted = { path: annotation(configMap.key), ...wanted, isOwn: source === 'annotation' };
  const holder = near.byName.get(wanted.name);
  return holder === undefined ? renamed({ document, object }, where, near) : held(holder, { document, object }, where);
}

/** What the annotation names, and where that stands; `isOwn`: on the pod, not in the settings file. */
interface Wanted {
  readonly path: Path;
  readonly name: string;
  readonly key: string;
  readonly isOwn: boolean;
}

type At = Pick<Found, 'document' | 'object'>;

/** A generated ConfigMap, whose references in annotations kustomize does not know. */
function renamed(at: At, { path, name, isOwn }: Wanted, near: ConfigMaps): Found | undefined {
  const other = near.byStem.get(name);
  if (other === undefined || !isOwn) return undefined;
  const { sentence: words, action: advice } = lintReasons.config_map_renamed;
  const sentence = `${configMap.key}: ${words}: ${name} is ${other.object.name}`;
  return { ...at, path, code: 'config_map_renamed', sentence, advice };
}

function held({ document, object }: At, pod: At, { path, name, key, isOwn }: Wanted): MappingText | Found | undefined {
  const data = textsOf(object.value.data);
  const text = data.get(key);
  if (text !== undefined) return { document, object, path: [...object.path, 'data', key], text };
  if (Object.hasOwn(objectOf(object.value.binaryData) ?? {}, key)) return undefined;
  const meant = nearest(key, data.keys()) ?? (data.size === 1 ? [...data.keys()][0] : undefined);
  const { sentence: words, action } = lintReasons.mapping_key_missing;
  const sentence = `${configMap.key}: ${words}: ${name}/${key}`;
  const advice = meant === undefined ? action : `Write ${configMap.key}: "${name}/${meant}".`;
  const place = isOwn ? { ...pod, path } : { document, object, path: [...object.path, 'data'] };
  return { ...place, code: 'mapping_key_missing', sentence, advice };
}

async function lintMapping({ document, object, path, text }: MappingText, request: Request) {
  const { mappingReader } = await import('../statsd/mapping/mapping-reader.ts');
  const read = await mappingReader(flagSettings(request, 'statsd', kindFlags.statsd));
  return read(text).findings.map((one): Found => {
    const code = one.severity === 'error' ? 'mapping_invalid' : 'mapping_doubtful';
    const { exact, ...position } = textPlace(document, path, text, one);
    const where = exact ? '' : `line ${one.line} of the mapping: `;
    const { sentence: words, action: advice } = lintReasons[code];
    const sentence = `${words}: ${where}${one.message} (${one.code})`;
    return { document, object, path, position, code, sentence, advice };
  });
}
