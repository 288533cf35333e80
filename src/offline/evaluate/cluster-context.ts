import { limitRangeItems } from '../../cluster/limit-range-items.ts';
import type { EngineSettings } from '../../contract/offline.ts';
import type { Facts, LimitRangeItem } from '../../inject/pod/namespace-facts.ts';
import type { InjectSettings } from '../../inject/request/settings.ts';
import { isObject, type Json, type JsonObject, listOf, objectOf, textsOf } from '../../json/json.ts';
import { type ManifestObject, objectsOf } from '../../manifest/objects.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';
import { injectSettings } from '../../settings/inject-settings.ts';
import type { FileSettings } from '../../settings/settings-file.ts';

/** An object and the document that holds it. */
export interface Stands {
  readonly document: ManifestDocument;
  readonly object: ManifestObject;
}

/** What the webhook knows of its settings and the cluster, as far as files tell it. */
export interface Knowledge {
  readonly settings: InjectSettings;
  /** Of an object's namespace; of the default one where the object names none. The same value each time. */
  facts(namespace: string | undefined): Facts;
  /** The settings file that `settings.defaults` came from, as it was named. */
  readonly settingsFile?: string;
  /** The manifest of a namespace, whose label may ask for sidecars. */
  namespaceAt(namespace: string | undefined): Stands | undefined;
}

/** What does not stand in the manifests. */
export interface Told {
  readonly flags: Pick<EngineSettings, 'settings' | 'onInvalid' | 'nativeSidecars' | 'kubernetesVersion' | 'namespace'>;
  /** What `flags.settings` names, read. */
  readonly file: FileSettings;
  /** Of the program. */
  readonly version: string;
}

/**
 * What there is to know. The labels and LimitRanges of a namespace are those in the manifests, all of them together:
 * nothing is known of the cluster itself, and the kubelets are of the version that the flags say.
 */
export function knowledgeOf(
  { flags, file, version }: Told,
  manifests: readonly { readonly documents: readonly ManifestDocument[] }[],
): Knowledge {
  const namespaces = new Map<string, Stands>();
  const ranges = new Map<string, { readonly name: string; readonly items: readonly LimitRangeItem[] }[]>();
  for (const stands of manifests.flatMap(({ documents }) => documents).flatMap(standing)) {
    const { kind, apiVersion, name, namespace, value } = stands.object;
    if (apiVersion !== 'v1') continue;
    if (kind === 'Namespace') namespaces.set(name, stands);
    if (kind !== 'LimitRange') continue;
    const where = namespace ?? flags.namespace;
    const list = ranges.get(where) ?? [];
    ranges.set(where, list);
    list.push({ name, items: limitRangeItems(asStored(value)) });
  }
  const known = new Map<string, Facts>();
  const factsOf = (name: string): Facts => ({
    namespace: {
      name,
      labels: Object.fromEntries(textsOf(objectOf(namespaces.get(name)?.object.value.metadata)?.labels)),
      // As the cluster's are ordered, whatever their order in the files.
      limitRanges: (ranges.get(name) ?? [])
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .flatMap(({ items }) => items),
    },
    kubelets: null,
  });
  return {
    settings: injectSettings(flags, file, version),
    facts(namespace = flags.namespace) {
      const facts = known.get(namespace) ?? factsOf(namespace);
      known.set(namespace, facts);
      return facts;
    },
    ...(flags.settings !== undefined && { settingsFile: flags.settings }),
    namespaceAt: (namespace = flags.namespace) => namespaces.get(namespace),
  };
}

/**
 * A LimitRange as the API server gives it back: quantities are texts, where manifests may write numbers, and what
 * containers get by default goes by their maximum and minimum where it is not said (`SetDefaults_LimitRangeItem`).
 */
function asStored(limitRange: JsonObject): JsonObject {
  const text = (json: Json): Json => (typeof json === 'number' ? String(json) : json);
  const texts = (json: Json): Json =>
    isObject(json) ? Object.fromEntries(Object.entries(json).map(([key, held]) => [key, text(held)])) : json;
  const item = (json: Json): Json =>
    isObject(json)
      ? withStoredDefaults(Object.fromEntries(Object.entries(json).map(([key, held]) => [key, texts(held)])))
      : json;
  const spec = objectOf(limitRange.spec) ?? {};
  return { ...limitRange, spec: { ...spec, limits: (listOf(spec.limits) ?? []).map(item) } };
}

function withStoredDefaults(item: JsonObject): JsonObject {
  if (item.type !== 'Container') return item;
  const { max, min, default: limits, defaultRequest: requests } = item;
  if ([max, min, limits, requests].some((one) => one != null && !isObject(one))) return item;
  const ofLimits = { ...objectOf(max), ...objectOf(limits) };
  const ofRequests = { ...objectOf(min), ...ofLimits, ...objectOf(requests) };
  return { ...item, default: ofLimits, defaultRequest: ofRequests };
}

function standing(document: ManifestDocument): readonly Stands[] {
  // Most documents are something else, and are not to be walked twice.
  return objectsOf(document, [])
    .filter(({ kind }) => kind === 'Namespace' || kind === 'LimitRange')
    .map((object) => ({ document, object }));
}
