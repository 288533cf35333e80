import { createPageParser, formatOf, type PageParser, type ParsedPage } from '../exposition/foreign/parse-page.ts';
import type { Format } from '../exposition/metric/family.ts';
import type { MetricStore } from '../exposition/metric/metric-store.ts';
import type { PageLimits } from '../exposition/metric/parsed-page.ts';
import type { MakeRoom } from '../memory/make-room.ts';
import type { Logger } from '../runtime/logger.ts';
import { createPageFetcher, type FetchFailure } from './fetch-page.ts';
import { declareMergeMetrics } from './merge-metrics.ts';

/** Why a page is not merged: it could not be fetched, or is no metrics page. */
type MergeFailure = FetchFailure | 'format';

export interface PageMergeOptions {
  /** The name of the page's origin in the store and the log. */
  readonly source: string;
  readonly url: string;
  /** A page beyond any of these is left out as a whole: half a page would be wrong numbers. */
  readonly limits: Omit<PageLimits, 'lineCharacters'>;
  readonly store: MetricStore;
  /** The prefix of the metrics about it: `haproxy_sidecar_` gives `haproxy_sidecar_up`. */
  readonly ownPrefix: string;
  readonly log: Logger;
  /** Called before a piece of a page is read. */
  readonly makeRoom?: MakeRoom | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The result of the last fetch; `up` is undefined before the first. */
export type MergeState =
  | { readonly up: undefined }
  | { readonly up: true; readonly families: number; readonly samples: number; readonly badLines: number }
  | { readonly up: false; readonly reason: MergeFailure; readonly detail: string };

export interface PageMerge {
  /** Fetches the page and merges it, by `deadline` (ms since the epoch). Never rejects. */
  collect(deadline: number): Promise<void>;
  state(): MergeState;
  /** Removes the page and closes the connection. */
  close(): void;
}

/** Milliseconds before the deadline that are left to parse the last piece of the page. */
const margin = 25;
const lineCharacters = 65_536;

/**
 * Merges the metrics page of another program into ours: valid lines are served, a bad line is left out and counted. A
 * page that did not come is removed with all its families, so that no reader takes old numbers for new ones.
 */
export function createPageMerge(options: PageMergeOptions): PageMerge {
  const { source, url, store, log, now, makeRoom } = options;
  const fetcher = createPageFetcher(url);
  const limits = { ...options.limits, lineCharacters };
  const own = declareMergeMetrics(options);
  let state: MergeState = { up: undefined };
  let running: Promise<void> | undefined;
  let closed = false;

  async function once(deadline: number): Promise<void> {
    const started = now();
    const next = await fetchAndParse(deadline - started - margin);
    if (closed) return;
    own.duration((now() - started) / 1000);
    report(state, next.state, { source, url }, log);
    state = next.state;
    store.foreign(source, next.page === undefined ? null : next.page.families);
    own.up(state.up === true);
    if (state.up === false) own.error(state.reason);
    if (state.up === true) own.badLines(state.badLines);
  }

  async function fetchAndParse(timeout: number): Promise<{ state: MergeState; page?: ParsedPage }> {
    const opened: { parser?: PageParser; format?: Format } = {};
    const fetched = await fetcher.fetch(timeout, (contentType) => {
      opened.format = formatOf(contentType);
      const parser = createPageParser(opened.format, limits);
      opened.parser = parser;
      return {
        push(chunk) {
          makeRoom?.();
          return parser.push(chunk);
        },
      };
    });
    const page = opened.parser?.end();
    if (!fetched.ok || page === undefined) {
      const { reason, detail } = fetched.ok ? { reason: 'aborted' as const, detail: 'no page came' } : fetched;
      const over = page?.over === undefined ? detail : overLimit(page.over);
      return { state: { up: false, reason, detail: over } };
    }
    return stateOf(page);
  }

  return {
    collect(deadline) {
      if (closed) return Promise.resolve();
      running ??= once(deadline).finally(() => {
        running = undefined;
      });
      return running;
    },
    state: () => state,
    close() {
      closed = true;
      store.foreign(source, null);
      fetcher.close();
    },
  };
}

/** A page with bad lines alone is no metrics page, whatever its status; an empty page may be one. */
function stateOf(page: ParsedPage): { state: MergeState; page?: ParsedPage } {
  const down = (reason: MergeFailure, detail: string) => ({ state: { up: false, reason, detail } as const });
  if (page.over !== undefined) return down('too_large', overLimit(page.over));
  if (page.samples === 0 && page.badLineCount > 0) {
    const [first] = page.badLines;
    return down('format', first === undefined ? 'no metrics page' : `line ${first.line}: ${first.problem}`);
  }
  // OpenMetrics ends a page with a line that shows that it is complete.
  if (!page.complete) return down('format', 'the page ends before "# EOF"');
  const { families, samples, badLineCount: badLines } = page;
  return { state: { up: true, families: families.length, samples, badLines }, page };
}

/** The limit, and the flag that sets it. */
function overLimit(over: NonNullable<ParsedPage['over']>): string {
  const flags = {
    bytes: 'merge.max-bytes',
    samples: 'limit.series',
    families: 'limit.families',
    memory: 'limit.bytes',
  };
  return `the page is over the limit of ${over} (--${flags[over]})`;
}

/** Logs one line when the page appears, disappears or begins to have bad lines, not one line for each scrape. */
function report(before: MergeState, after: MergeState, fields: { source: string; url: string }, log: Logger): void {
  if (after.up === false && (before.up !== false || before.reason !== after.reason)) {
    log.warn('a page to merge is left out', { ...fields, reason: after.reason, detail: after.detail });
  }
  if (after.up !== true) return;
  if (before.up !== true) log.info('a page is merged', { ...fields, families: after.families, samples: after.samples });
  if (after.badLines > 0 && (before.up !== true || before.badLines === 0)) {
    log.warn('a page to merge has lines that no page may have; the rest of it is served', {
      ...fields,
      badLines: after.badLines,
    });
  }
}
