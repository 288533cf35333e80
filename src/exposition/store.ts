import type { Format } from './family.ts';
import type { ParsedFamily } from './foreign-page.ts';
import type { Merged } from './merge.ts';
import { mergeFamilies } from './merge.ts';
import type { MetricStore, StoreLimits } from './metric-store.ts';
import type { PageEntry } from './page.ts';
import { writePage } from './page.ts';
import { planPage } from './plan.ts';
import { Registry } from './registry.ts';

const ENDINGS: Readonly<Record<Format, Buffer>> = { text: Buffer.alloc(0), openmetrics: Buffer.from('# EOF\n') };

/** What was worked out for a state of the families, and is good as long as that lasts. */
interface Layout {
  readonly state: string;
  readonly merged: Merged;
  readonly entries: Map<Format, readonly PageEntry[]>;
}

/** Makes an empty store; `now` is in milliseconds since the epoch. */
export function createStore(options: { readonly limits: StoreLimits; readonly now: () => number }): MetricStore {
  const registry = new Registry(options.limits, options.now);
  const foreign = new Map<string, readonly ParsedFamily[]>();
  let foreignRevision = 0;
  let layout: Layout | undefined;

  function currentLayout(): Layout {
    // Without foreign pages a new series changes nothing but its own family's arena.
    const state = `${registry.familyRevision} ${foreignRevision} ${foreign.size === 0 ? 0 : registry.revision}`;
    if (layout?.state !== state) {
      const merged = mergeFamilies(registry.families.values(), registry.claims, foreign);
      layout = { state, merged, entries: new Map() };
    }
    return layout;
  }

  function entries(format: Format): readonly PageEntry[] {
    const { entries: known, merged } = currentLayout();
    const planned = known.get(format) ?? planPage(merged.families, format);
    known.set(format, planned);
    return planned;
  }

  return {
    get values() {
      return registry.slots.values;
    },
    get seriesCount() {
      return registry.seriesCount;
    },
    get familyCount() {
      return registry.families.size;
    },
    get revision() {
      return registry.revision + foreignRevision;
    },
    family: (spec) => registry.declare(spec),
    refused: () => registry.refusals.byReason,
    topRefused: (n) => registry.refusals.top(n),
    foreign(source, families) {
      if (families === null) foreign.delete(source);
      else foreign.set(source, families);
      foreignRevision++;
    },
    foreignDropped: () => currentLayout().merged.dropped,
    render: (format, reuse) => writePage(entries(format), registry.slots.values, ENDINGS[format], reuse),
  };
}
