import { limitRangeItems } from '../../cluster/limit-range-items.ts';
import { quotaFacts } from '../../cluster/quota-facts.ts';
import type { EngineSettings } from '../../contract/offline.ts';
import type { Facts, LimitRangeItem, Quota } from '../../inject/pod/namespace-facts.ts';
import { firstUserOf, uidRangeAnnotation } from '../../inject/pod/uid-range.ts';
import type { InjectSettings } from '../../inject/request/settings.ts';
import { isObject, type Json, type JsonObject, listOf, objectOf, textOf, textsOf } from '../../json/json.ts';
import { type ManifestObject, objectsOf } from '../../manifest/objects.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';
import { injectSettings } from '../../settings/inject-settings.ts';
import type { FileSettings } from '../../settings/settings-file.ts';

/** An object and the document that holds it. */
export interface LocatedObject {
  readonly document: ManifestDocument;
  readonly object: ManifestObject;
}

/** The settings of the webhook and the facts of the cluster, as far as flags and manifests give them. */
export interface ClusterContext {
  readonly settings: InjectSettings;
  /**
   * The facts of an object's namespace; an object without one is in the default namespace. The same value each time.
   */
  facts(namespace: string | undefined): Facts;
  /** The name of the settings file that `settings.defaults` came from, as the command line has it. */
  readonly settingsFile?: string;
  /** The manifest of a namespace, whose label may ask for sidecars. */
  findNamespace(namespace: string | undefined): LocatedObject | undefined;
}

/** The part of the context that does not come from manifests. */
export interface CommandInput {
  readonly flags: Pick<EngineSettings, 'settings' | 'onInvalid' | 'nativeSidecars' | 'kubernetesVersion' | 'namespace'>;
  /** The content of the file that `flags.settings` names. */
  readonly file: FileSettings;
  /** The version of the program. */
  readonly version: string;
}

/**
 * The context that all manifests of a command line share. The labels, users and LimitRanges of a namespace are those in
 * the manifests; nothing else of the cluster is known, and the kubelets have the version that the flags give.
 */
export function clusterContextOf(
  { flags, file, version }: CommandInput,
  manifests: readonly { readonly documents: readonly ManifestDocument[] }[],
): ClusterContext {
  const namespaces = new Map<string, LocatedObject>();
  const ranges = new Map<string, { readonly name: string; readonly items: readonly LimitRangeItem[] }[]>();
  const quotas = new Map<string, Quota[]>();
  for (const located of manifests.flatMap(({ documents }) => documents).flatMap(namespaceObjects)) {
    const { kind, apiVersion, name, namespace = flags.namespace, value } = located.object;
    if (apiVersion !== 'v1') continue;
    if (kind === 'Namespace') namespaces.set(name, located);
    if (kind === 'ResourceQuota') {
      const ofNamespace = quotas.get(namespace) ?? [];
      quotas.set(namespace, ofNamespace);
      ofNamespace.push(quotaFacts(value));
    }
    if (kind !== 'LimitRange') continue;
    const list = ranges.get(namespace) ?? [];
    ranges.set(namespace, list);
    list.push({ name, items: limitRangeItems(asStored(value)) });
  }
  const factsByNamespace = new Map<string, Facts>();
  const metadataOf = (name: string) => objectOf(namespaces.get(name)?.object.value.metadata);
  const userOf = (name: string) => firstUserOf(textOf(objectOf(metadataOf(name)?.annotations)?.[uidRangeAnnotation]));
  const factsOf = (name: string, user = userOf(name)): Facts => ({
    namespace: {
      name,
      labels: Object.fromEntries(textsOf(metadataOf(name)?.labels)),
      ...(user !== undefined && { user }),
      // In the order of the cluster, which lists them by name.
      limitRanges: (ranges.get(name) ?? [])
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .flatMap(({ items }) => items),
      ...(quotas.has(name) && { quotas: quotas.get(name)!.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }),
    },
    kubelets: null,
  });
  return {
    settings: injectSettings(flags, file, version),
    facts(namespace = flags.namespace) {
      const facts = factsByNamespace.get(namespace) ?? factsOf(namespace);
      factsByNamespace.set(namespace, facts);
      return facts;
    },
    ...(flags.settings !== undefined && { settingsFile: flags.settings }),
    findNamespace: (namespace = flags.namespace) => namespaces.get(namespace),
  };
}

/**
 * A LimitRange as the API server returns it: quantities are texts, where manifests may have numbers, and the defaults
 * of containers that it leaves out follow from their maximum and minimum (`SetDefaults_LimitRangeItem`).
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

/** The objects of a document that say something of a namespace. */
function namespaceObjects(document: ManifestDocument): readonly LocatedObject[] {
  return objectsOf(document, [])
    .filter(({ kind }) => kind === 'Namespace' || kind === 'LimitRange' || kind === 'ResourceQuota')
    .map((object) => ({ document, object }));
}
