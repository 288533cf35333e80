import type { MetricStore } from '../../exposition/metric/metric-store.ts';
import { Frequent } from '../../exposition/store/frequent-items.ts';
import { escapeName } from '../line/escape.ts';
import { type NameTagStyles, readNameTags } from '../line/tags.ts';
import type { Settle } from '../table/entry.ts';

/** Names without a rule that are kept apart. */
const NAMES = 256;
const NAME_CHARACTERS = 200;
const SAMPLE_BYTES = 300;
/** A line that was refused is kept for so long before another one takes its place: they may come in great numbers. */
const SAMPLE_MILLISECONDS = 1000;

interface Reject {
  readonly line: string;
  readonly at: number;
}

/**
 * What each rule of the mapping in use decided on, which names no rule matches, and a line for each reason of a refusal. Samples of
 * known lines are counted by the table of lines and come here when it settles them.
 */
export class UseCounts {
  /** Since when hits and names are counted; milliseconds since the epoch. */
  since: number;
  /** Names that no rule matches, as they were sent; too long ones cut. */
  readonly unmapped = new Frequent<string>(NAMES);
  #hits = new Float64Array(0);
  readonly #rejects = new Map<string, Reject>();

  /** @param now milliseconds since the epoch. */
  constructor(now: number) {
    this.since = now;
  }

  /** A rule decided on samples, whatever came of them then. */
  hit(rule: number, samples: number): void {
    this.#hits[rule]! += samples;
  }

  /** No rule decided on samples of this name. */
  miss(name: string, samples: number): void {
    const short = name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS)}…` : name;
    this.unmapped.count(short, samples, () => short);
  }

  /** Whether `refused` would keep another line. */
  wants(reason: string, now: number): boolean {
    const known = this.#rejects.get(reason);
    return known === undefined || Math.abs(now - known.at) >= SAMPLE_MILLISECONDS;
  }

  /** @param now milliseconds since the epoch. */
  refused(reason: string, line: Buffer, now: number): void {
    if (!this.wants(reason, now)) return;
    const more = line.length > SAMPLE_BYTES ? '…' : '';
    this.#rejects.set(reason, { line: line.toString('utf8', 0, SAMPLE_BYTES) + more, at: now });
  }

  hitsOf(rule: number): number {
    return this.#hits[rule] ?? 0;
  }

  /** One of the last lines that were refused for a reason; '' where there was none. */
  rejected(reason: string): string {
    return this.#rejects.get(reason)?.line ?? '';
  }

  /** Counts for another mapping, of so many rules; refusals stay. */
  reset(rules: number, now: number): void {
    this.#hits = new Float64Array(rules);
    this.unmapped.clear();
    this.since = now;
  }
}

/** Takes over what the table of lines counted. */
export function settleInto(uses: UseCounts, styles: NameTagStyles, store: MetricStore): Settle {
  return (rule, samples, name, refusal) => {
    const page = refusal?.page;
    const raw = rule === undefined || (page !== undefined && page.name === undefined) ? nameOf(name(), styles) : '';
    if (page !== undefined) store.recountName(page.name ?? escapeName(raw), page.reason, samples);
    if (rule === undefined) uses.miss(raw, samples);
    else uses.hit(rule, samples);
  };
}

function nameOf(name: string, styles: NameTagStyles): string {
  return readNameTags(name, styles).name;
}
