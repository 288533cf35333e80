import type { MetricStore } from '../../exposition/metric/metric-store.ts';
import { FrequentItems } from '../../exposition/store/frequent-items.ts';
import { escapeName } from '../line/escape.ts';
import { type NameTagStyles, readNameTags } from '../line/tags.ts';
import type { Settle } from '../table/line-entry.ts';

/** The most names without a rule that have a count of their own. */
const names = 256;
const nameCharacters = 200;
const sampleBytes = 300;
/** The least time for which an example of a refused line stays, since refused lines may come in great numbers. */
const sampleMs = 1000;

interface Reject {
  readonly line: string;
  readonly at: number;
}

/**
 * Counts the samples of each rule of the mapping in use, and the names that no rule matches, and keeps an example line
 * for each reason of a refusal. The line table counts the samples of known lines, and adds them here when it settles.
 */
export class UseCounts {
  /** The beginning of the counts of hits and names; milliseconds since the epoch. */
  since: number;
  /** Raw names that no rule matches; long ones are cut. */
  readonly unmapped = new FrequentItems<string>(names);
  #hits = new Float64Array(0);
  readonly #rejects = new Map<string, Reject>();

  /** @param now milliseconds since the epoch. */
  constructor(now: number) {
    this.since = now;
  }

  /** Counts samples that a rule decided on, whatever became of them. */
  hit(rule: number, samples: number): void {
    this.#hits[rule]! += samples;
  }

  /** Counts samples of a name that no rule matched. */
  miss(name: string, samples: number): void {
    const short = name.length > nameCharacters ? `${name.slice(0, nameCharacters)}…` : name;
    this.unmapped.count(short, samples, () => short);
  }

  /** Whether `refused` would keep another example. */
  wants(reason: string, now: number): boolean {
    const example = this.#rejects.get(reason);
    return example === undefined || Math.abs(now - example.at) >= sampleMs;
  }

  /** @param now milliseconds since the epoch. */
  refused(reason: string, line: Buffer, now: number): void {
    if (!this.wants(reason, now)) return;
    const more = line.length > sampleBytes ? '…' : '';
    this.#rejects.set(reason, { line: line.toString('utf8', 0, sampleBytes) + more, at: now });
  }

  hitsOf(rule: number): number {
    return this.#hits[rule] ?? 0;
  }

  /** An example among the last lines that were refused for a reason; empty: there is none. */
  rejected(reason: string): string {
    return this.#rejects.get(reason)?.line ?? '';
  }

  /** Restarts the counts for another mapping with this many rules; refusals stay. */
  reset(rules: number, now: number): void {
    this.#hits = new Float64Array(rules);
    this.unmapped.clear();
    this.since = now;
  }
}

/** Adds the counts of the line table. */
export function settleInto(uses: UseCounts, styles: NameTagStyles, store: MetricStore): Settle {
  return (rule, samples, name, refusal) => {
    const page = refusal?.page;
    const raw = rule === undefined || (page !== undefined && page.name === undefined) ? nameOf(name(), styles) : '';
    if (page !== undefined) store.countRefusedName(page.name ?? escapeName(raw), page.reason, samples);
    if (rule === undefined) uses.miss(raw, samples);
    else uses.hit(rule, samples);
  };
}

function nameOf(name: string, styles: NameTagStyles): string {
  return readNameTags(name, styles).name;
}
