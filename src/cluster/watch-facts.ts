import { isDeepStrictEqual } from 'node:util';
import type { Facts, LimitRangeItem, Quota } from '../inject/pod/namespace-facts.ts';
import { firstUserOf, uidRangeAnnotation } from '../inject/pod/uid-range.ts';
import { type JsonObject, objectOf, textOf } from '../json/json.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import type { ResourceWatch } from '../kube/watch/resource-watch.ts';
import { watchResource } from '../kube/watch/watch-resource.ts';
import { createLruCache } from '../memory/lru-cache.ts';
import { limitRangeItems } from './limit-range-items.ts';
import { quotaFacts } from './quota-facts.ts';

/** The state of the copy of one resource. */
export interface FactSource {
  readonly resource: 'nodes' | 'namespaces' | 'limitranges' | 'resourcequotas';
  /** Whether it was ever complete. */
  readonly synced: boolean;
  /** When the API server last confirmed the copy; milliseconds since the epoch. */
  readonly confirmed: number | undefined;
  /** Why the copy cannot be kept up to date right now. */
  readonly problem: string | undefined;
}

/** The engine's facts of the cluster, from memory: no admission request waits for another request to the API server. */
export interface ClusterFacts {
  /** The facts of a namespace: the same object until one of them changes. Unknown facts are empty, kubelets null. */
  of(namespace: string): Facts;
  sources(): readonly FactSource[];
  /** Calls `listener` after each change of facts or sources; the result ends that. */
  onChange(listener: () => void): () => void;
  /** Resolves once all copies are complete, or when the watch is stopped. */
  readonly whenSynced: Promise<void>;
  stop(): void;
}

export interface WatchDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: () => number;
  /** Gets the exceptions of the code that keeps the copies. */
  readonly failed: (error: unknown) => void;
}

const nothing: Omit<Facts['namespace'], 'name'> = { labels: {}, limitRanges: [] };
const none: readonly never[] = [];
/** Namespaces whose facts are cached; in a larger cluster some are built again for a review. */
const mostNamespaces = 4096;

/**
 * Watches nodes, namespaces, LimitRanges and ResourceQuotas, and keeps of each only the part that decides about pods.
 * Nodes are read as a whole, since the kubelet's version is in their status; our container cannot run on nodes that
 * are labelled as Windows.
 */
export function watchFacts(kube: Kube, deps: WatchDeps): ClusterFacts {
  const watched = {
    nodes: watchResource<string>(
      kube,
      { path: '/api/v1/nodes', query: { labelSelector: 'kubernetes.io/os!=windows' }, keep: kubeletOf },
      deps,
    ),
    namespaces: watchResource<NamespaceFacts>(
      kube,
      { path: '/api/v1/namespaces', metadataOnly: true, keep: namespaceFacts },
      deps,
    ),
    limitranges: watchResource<readonly LimitRangeItem[]>(
      kube,
      { path: '/api/v1/limitranges', keep: (object) => limitRangeItems(object as unknown as JsonObject) },
      deps,
    ),
    resourcequotas: watchResource<Quota>(
      kube,
      { path: '/api/v1/resourcequotas', keep: (object) => quotaFacts(object as unknown as JsonObject) },
      deps,
    ),
  } as const;
  const { nodes, namespaces, limitranges, resourcequotas } = watched;
  // A node reports its state every few seconds; its version changes with an upgrade alone.
  const kubelets = derived(nodes, (items): readonly string[] => [...new Set(items.values())].filter(Boolean).sort());
  const ranges = derived(limitranges, byNamespace);
  const cache = createLruCache<Facts>(mostNamespaces);
  const all: readonly ResourceWatch<unknown>[] = Object.values(watched);

  return {
    of(name) {
      const { labels, user } = namespaces.items().get(name) ?? nothing;
      const limitRanges = ranges().get(name) ?? nothing.limitRanges;
      const quotas = resourcequotas.inNamespace(name);
      const versions = nodes.synced() ? kubelets() : null;
      const facts = cache.get(name);
      if (
        facts !== undefined &&
        facts.kubelets === versions &&
        facts.namespace.user === user &&
        same(facts.namespace.labels, labels) &&
        same(facts.namespace.limitRanges, limitRanges) &&
        same(facts.namespace.quotas ?? none, quotas)
      ) {
        return facts;
      }
      const namespace = {
        name,
        labels,
        limitRanges,
        ...(user !== undefined && { user }),
        ...(quotas.length > 0 && { quotas }),
      };
      const made: Facts = { namespace, kubelets: versions };
      cache.set(name, made);
      return made;
    },
    sources: () =>
      Object.entries(watched).map(([resource, one]) => ({
        resource: resource as FactSource['resource'],
        synced: one.synced(),
        confirmed: one.confirmed(),
        problem: one.problem(),
      })),
    onChange(listener) {
      const ends = all.map((one) => one.onChange(listener));
      return () => {
        for (const end of ends) end();
      };
    },
    whenSynced: Promise.all(all.map((one) => one.whenSynced)).then(() => {}),
    stop() {
      for (const one of all) one.stop();
    },
  };
}

/** The facts that a namespace's own metadata gives. */
type NamespaceFacts = Pick<Facts['namespace'], 'labels' | 'user'>;

function namespaceFacts({ metadata: { labels, annotations } }: KubeObject): NamespaceFacts {
  const user = firstUserOf(annotations?.[uidRangeAnnotation]);
  return { labels: labels ?? nothing.labels, ...(user !== undefined && { user }) };
}

/** `v1.35.4`; empty where a node has not reported it yet. */
function kubeletOf(node: KubeObject): string {
  const status = objectOf((node as unknown as JsonObject).status);
  return textOf(objectOf(status?.nodeInfo)?.kubeletVersion) ?? '';
}

/**
 * The items of all LimitRanges of each namespace, sorted by the LimitRanges' names, so that the result is
 * deterministic.
 */
function byNamespace(
  items: ReadonlyMap<string, readonly LimitRangeItem[]>,
): ReadonlyMap<string, readonly LimitRangeItem[]> {
  const grouped = new Map<string, LimitRangeItem[]>();
  for (const [key, ofOne] of [...items].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const namespace = key.slice(0, key.indexOf('/'));
    const list = grouped.get(namespace);
    if (list === undefined) grouped.set(namespace, [...ofOne]);
    else list.push(...ofOne);
  }
  return grouped;
}

/** A value made of the items: made again only after they changed, and the same value where the new one is equal. */
function derived<T, Out>(source: ResourceWatch<T>, make: (items: ReadonlyMap<string, T>) => Out): () => Out {
  let from: ReadonlyMap<string, T> | undefined;
  let value: Out;
  return () => {
    const items = source.items();
    if (items !== from) {
      const made = make(items);
      if (from === undefined || !isDeepStrictEqual(made, value)) value = made;
      from = items;
    }
    return value;
  };
}

function same(a: object, b: object): boolean {
  return a === b || isDeepStrictEqual(a, b);
}
