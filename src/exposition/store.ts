import type { Merged } from './foreign/merge-families.ts';
import { mergeFamilies } from './foreign/merge-families.ts';
import type { Format } from './metric/family.ts';
import { isOwn } from './metric/family.ts';
import { isReservedName } from './metric/metric-names.ts';
import type { MetricStore, StoreLimits } from './metric/metric-store.ts';
import type { ParsedFamily } from './metric/parsed-page.ts';
import type { writeProtobufPage as WriteProtobufPage } from './protobuf/protobuf-page.ts';
import { Registry, reservedName } from './store/registry.ts';
import { PageBlocks } from './text/page-blocks.ts';
import { planPage } from './text/page-entries.ts';
import type { PageEntry } from './text/page-parts.ts';
import { Sink } from './text/page-parts.ts';
import { WholePage } from './whole-page.ts';

/** The merged families and the entries of a page, valid as long as the state of the families is the same. */
interface Layout {
  readonly state: string;
  readonly merged: Merged;
  readonly entries: Map<Format, readonly PageEntry[]>;
}

export interface StoreOptions {
  readonly limits: StoreLimits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Leaves the families with an owner in `/own` out of pages; their names stay reserved. */
  readonly hidesOwn?: boolean;
}

/** Makes an empty store. */
export function createStore(options: StoreOptions): MetricStore {
  const { limits, now, hidesOwn } = options;
  const registry = new Registry(limits, now);
  const foreign = new Map<string, readonly ParsedFamily[]>();
  let foreignRevision = 0;
  let writeProtobufPage: typeof WriteProtobufPage | undefined;
  let layout: Layout | undefined;

  function currentLayout(): Layout {
    // Without foreign pages a new series changes only the arena of its own family.
    const state = `${registry.familyRevision} ${foreignRevision} ${foreign.size === 0 ? 0 : registry.revision}`;
    if (layout?.state !== state) {
      const records = [...registry.families.values()].filter(({ spec }) => !hidesOwn || !isOwn(spec));
      const merged = mergeFamilies(records, registry.claims, foreign);
      layout = { state, merged, entries: new Map() };
    }
    return layout;
  }

  function entries(format: Format): readonly PageEntry[] {
    const { entries: byFormat, merged } = currentLayout();
    const planned = byFormat.get(format) ?? planPage(merged.families, format);
    byFormat.set(format, planned);
    return planned;
  }

  function protobufPage(reuse?: Buffer): Buffer {
    if (writeProtobufPage === undefined) throw new Error('protobuf is rendered before it is loaded');
    return writeProtobufPage(currentLayout().merged.families, registry.slots.values, reuse);
  }

  return {
    limits,
    get values() {
      return registry.slots.values;
    },
    get seriesCount() {
      return registry.seriesCount;
    },
    get familyCount() {
      return registry.limitedFamilies;
    },
    get bytes() {
      return registry.bytes;
    },
    get labelBytes() {
      return registry.labelBytes;
    },
    get revision() {
      return registry.revision + foreignRevision;
    },
    family: (spec) => registry.declare(spec),
    get freed() {
      return registry.freed;
    },
    get names() {
      return registry.names;
    },
    isStillRefused: (reason, lines) => registry.isStillRefused(reason, lines),
    countRefusal: (reason) => registry.refusals.countReason(reason),
    countRefusedName: (name, reason, times) => registry.refusals.countName(name, reason, times),
    countNameHash: (hash) => registry.refusals.countHash(hash),
    mayClaim: (hash) => registry.mayClaim(hash),
    refused: () => registry.refusals.byReason,
    topRefused: (n) => registry.refusals.top(n),
    foreign(source, families) {
      if (families === null) foreign.delete(source);
      else foreign.set(source, families);
      for (const { name } of families ?? []) if (isReservedName(name)) registry.refused(name, reservedName(name));
      foreignRevision++;
    },
    foreignDropped: () => currentLayout().merged.dropped,
    async load(format) {
      // Few scrapers ask for it: a sidecar without such a scraper never loads it.
      if (format === 'protobuf') writeProtobufPage ??= (await import('./protobuf/protobuf-page.ts')).writeProtobufPage;
    },
    render(format, reuse) {
      const { values } = registry.slots;
      if (format === 'protobuf') return protobufPage(reuse);
      const sink = new Sink(reuse);
      for (const block of new PageBlocks().take(entries(format), values)) block.write(sink);
      return sink.bytes.subarray(0, sink.at);
    },
    cachedPage(format) {
      if (format === 'protobuf') return new WholePage(protobufPage);
      const blocks = new PageBlocks();
      return { take: () => blocks.take(entries(format), registry.slots.values) };
    },
  };
}
