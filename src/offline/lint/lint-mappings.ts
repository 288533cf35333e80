import { settingOf } from '../../contract/annotation.ts';
import type { Settings } from '../../flags/flag.ts';
import { type LintCode, lintReasons } from '../../inject/outcome/reasons.ts';
import { flagSettings, type Request, readRequest } from '../../inject/request/request.ts';
import { objectOf, textsOf } from '../../json/json.ts';
import { kindAnnotations } from '../../kinds/annotations.ts';
import { kindFlags } from '../../kinds/command.ts';
import type { ManifestObject } from '../../manifest/objects.ts';
import type { Path } from '../../manifest/path.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';
import { nearest } from '../../text/nearest.ts';
import type { Knowledge } from '../evaluate/cluster-context.ts';
import type { Examined } from '../evaluate/evaluate.ts';
import { textPlace } from './embedded-position.ts';
import type { Found } from './lint-finding.ts';
import { type JudgedAt, meantIn } from './lint-pods.ts';

const { mapping, 'mapping-config-map': configMap } = kindAnnotations.statsd;

/** The hash that kustomize puts behind the names of generated ConfigMaps, with its dash. (kustomize, api/hasher) */
const hash = /^-[2456789bcdfghkmt]{10}$/;
const hashLength = 11;

/** A mapping of a megabyte can be wrong a hundred thousand times. */
const mostOfMapping = 100;

type StatsdSettings = Settings<typeof kindFlags.statsd>;

/** A text that is a mapping, and where it stands. */
interface MappingText {
  readonly document: ManifestDocument;
  readonly object: ManifestObject;
  readonly path: Path;
  readonly text: string;
}

/** What is wrong with the mappings of pods, each told once. */
export type LintMappings = (pods: readonly JudgedAt[]) => Promise<readonly Found[]>;

/**
 * What is wrong with the mappings of the pods, as far as they stand in the manifests: in an annotation, or in a ConfigMap
 * of the same namespace. They are read with the flags that the pod gives its sidecar; those of a thousand pods that
 * share one mapping and its flags, once.
 */
export function mappingLinter(all: readonly Examined[], knowledge: Knowledge): LintMappings {
  const configMaps = configMapsOf(all, knowledge);
  const known = new Map<ManifestObject, Map<string, readonly Found[]>>();
  const read = async (own: MappingText, request: Request) => {
    const settings = flagSettings(request, 'statsd', kindFlags.statsd);
    const ofObject = known.get(own.object) ?? new Map<string, readonly Found[]>();
    known.set(own.object, ofObject);
    const id = JSON.stringify([own.path, settings]);
    const found = ofObject.get(id) ?? (await lintMapping(own, settings));
    ofObject.set(id, found);
    return found;
  };
  return async (pods) => {
    const found = new Set<readonly Found[]>();
    for (const pod of pods) {
      const request = requestOf(pod, knowledge);
      if (!(request.asked || []).includes('statsd')) continue;
      const own = mappingOf(pod, request, configMaps.get(namespaceOf(pod.object, knowledge)) ?? noConfigMaps);
      if (own !== undefined) found.add('text' in own ? await read(own, request) : [own]);
    }
    return [...found].flat();
  };
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
  const { value: text, source: textSource } = settingOf(request, mapping);
  // An annotation without a value asks for no mapping.
  if (textSource === 'annotation' && text !== undefined) {
    return { document, object, path: annotation(mapping.key), text };
  }
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

async function lintMapping({ document, object, path, text }: MappingText, settings: StatsdSettings) {
  const { mappingReader } = await import('../../statsd/mapping/file/mapping-reader.ts');
  const read = await mappingReader(settings);
  const { findings } = read(text);
  const told = findings.slice(0, mostOfMapping).map((one): Found => {
    const { exact, ...position } = textPlace(document, path, text, one);
    const where = exact ? '' : `line ${one.line} of the mapping: `;
    return { document, object, path, position, ...said(one, `${where}${one.message} (${one.code})`) };
  });
  const more = findings.length - told.length;
  if (more === 0) return told;
  const worst = findings.slice(mostOfMapping).find(({ severity }) => severity === 'error') ?? findings[mostOfMapping]!;
  return [...told, { document, object, path, ...said(worst, `${more} more: metrics-sidecar validate FILE has them`) }];
}

function said({ severity }: { readonly severity: 'error' | 'warning' }, what: string) {
  const code: LintCode = severity === 'error' ? 'mapping_invalid' : 'mapping_doubtful';
  const { sentence, action: advice } = lintReasons[code];
  return { code, sentence: `${sentence}: ${what}`, advice };
}
