import type { FamilySpec, MetricType, Outcome, Refusal, Refused } from '../metric/family.ts';
import { isUnlimited, refuse } from '../metric/family.ts';
import { textHash } from '../metric/label-hash.ts';
import type { LineSet, LineSets } from '../metric/line-set.ts';
import { sharedLineSet } from '../metric/line-set.ts';
import { claimedNames, isMetricName, isReservedName } from '../metric/metric-names.ts';
import type { StoreLimits } from '../metric/metric-store.ts';
import type { FamilyRegistry } from './family-record.ts';
import { FamilyRecord } from './family-record.ts';
import { Refusals } from './refusal-counts.ts';
import { bytesLimit, familyCost, largestCost, type SeriesCost } from './series-cost.ts';
import { Slots } from './slots.ts';

/** The refusal of a name that Prometheus reserves for its own series. */
export function reservedName(name: string): Refused {
  return refuse(
    'reserved_name',
    `${name} is a name that Prometheus gives to series it makes itself; choose another one`,
  );
}

/** The families of a store, the names that they claim, and the counts of refusals. */
export class Registry implements FamilyRegistry {
  readonly limits: StoreLimits;
  readonly now: () => number;
  readonly slots = new Slots();
  readonly refusals = new Refusals();
  readonly families = new Map<string, FamilyRecord>();
  /** The family of each name that a sample or a header of a page may have. */
  readonly claims = new Map<string, string>();
  /** The time series of the families that are not `isUnlimited`. */
  seriesCount = 0;
  limitedFamilies = 0;
  /** The bytes that the limited families and their series take; see `StoreLimits.bytes`. */
  bytes = 0;
  /** The bytes of the keys of all series. */
  labelBytes = 0;
  /** Goes up when a series or a family is added or removed. */
  revision = 0;
  /** See `MetricStore.freed`. */
  freed = 0;
  /** See `MetricStore.names`. */
  names = 0;
  #lastNames = 0;
  /** Goes up when a family is added or removed. */
  familyRevision = 0;
  readonly #lineSets: LineSets = new Map();
  /** The hashes of all claimed names, perhaps of some that are no longer claimed. */
  #claimHashes: Set<number> | undefined;

  constructor(limits: StoreLimits, now: () => number) {
    this.limits = limits;
    this.now = now;
  }

  declare(spec: FamilySpec): Outcome<FamilyRecord> {
    const existing = this.#same(spec);
    if (existing !== undefined) return { ok: true, value: existing };
    const tooLong = !isUnlimited(spec) && spec.name.length > this.limits.labelValueBytes;
    if (tooLong || !isMetricName(spec.name)) {
      const shown = JSON.stringify(spec.name.slice(0, 100));
      return this.refused(spec.name, refuse('bad_name', `${shown} is not a valid metric name`));
    }
    if (isReservedName(spec.name)) return this.refused(spec.name, reservedName(spec.name));
    const lines = this.lineSet(spec.type, spec.bounds ?? [], spec.quantiles ?? []);
    if (!lines.ok) return this.refused(spec.name, lines);
    return this.attach(new FamilyRecord(spec, this));
  }

  attach(record: FamilyRecord): Outcome<FamilyRecord> {
    const existing = this.#same(record.spec);
    if (existing !== undefined) return { ok: true, value: existing };
    const problem = this.#conflict(record.spec);
    if (problem !== undefined) return this.refused(record.name, problem);
    for (const claimed of claimedNames(record.name, record.type)) {
      this.claims.set(claimed, record.name);
      this.#claimHashes?.add(textHash(claimed));
    }
    this.families.set(record.name, record);
    record.attached = true;
    const namesBefore = this.names;
    this.names = ++this.#lastNames;
    record.attachment = { namesBefore, namesAfter: this.names, refused: this.refusals.total };
    if (!record.unlimited) {
      this.limitedFamilies++;
      this.bytes += familyCost(record.spec);
    }
    this.#familiesChanged();
    return { ok: true, value: record };
  }

  detach(record: FamilyRecord): void {
    if (!record.attached) return;
    record.attached = false;
    const { namesBefore, namesAfter, refused } = record.attachment!;
    // The first series of a new family was refused: if no other refusal came from the family meanwhile, all is as
    // before.
    if (this.names === namesAfter && this.refusals.total === refused) this.names = namesBefore;
    else {
      this.names = ++this.#lastNames;
      this.freed++;
    }
    if (!record.unlimited) {
      this.limitedFamilies--;
      this.bytes -= familyCost(record.spec);
    }
    this.families.delete(record.name);
    for (const claimed of claimedNames(record.name, record.type)) this.claims.delete(claimed);
    this.#familiesChanged();
  }

  changed(lines: number, { bytes, labels }: SeriesCost): void {
    this.seriesCount += lines;
    this.bytes += bytes;
    this.labelBytes += labels;
    this.revision++;
    if (lines < 0) this.freed++;
  }

  /** See `MetricStore.isStillRefused`. New series may only have made a limit effective that is checked earlier. */
  isStillRefused(reason: Refusal, lines: number): boolean {
    const { series } = this.limits;
    if (reason === 'bytes_limit') return this.seriesCount + lines <= series;
    if (reason !== 'series_per_family_limit') return true;
    return this.seriesCount + lines <= series && !this.isOver(largestCost(this.limits, lines));
  }

  /** See `MetricStore.mayClaim`. */
  mayClaim(hash: number): boolean {
    if (this.#claimHashes === undefined || this.#claimHashes.size > 2 * this.claims.size + 64) {
      this.#claimHashes = new Set([...this.claims.keys()].map(textHash));
    }
    return this.#claimHashes.has(hash);
  }

  refused(name: string, refusal: Refused): Refused {
    this.refusals.count(name, refusal.reason);
    return refusal;
  }

  lineSet(type: MetricType, bounds: readonly number[], quantiles: readonly number[]): Outcome<LineSet> {
    return sharedLineSet(this.#lineSets, type, bounds, quantiles);
  }

  #familiesChanged(): void {
    this.revision++;
    this.familyRevision++;
  }

  #same({ name, type, owner }: FamilySpec): FamilyRecord | undefined {
    const family = this.families.get(name);
    return family !== undefined && family.type === type && family.spec.owner === owner ? family : undefined;
  }

  #conflict(spec: FamilySpec): Refused | undefined {
    const { name, type, owner } = spec;
    const existing = this.families.get(name);
    if (existing !== undefined) {
      return existing.spec.owner === owner
        ? refuse('type_conflict', `${name} is a ${existing.type} already and cannot be a ${type} too`)
        : refuse('owner_conflict', `${name} belongs to ${existing.spec.owner} and cannot be written by ${owner}`);
    }
    for (const claimed of claimedNames(name, type)) {
      const other = this.claims.get(claimed);
      if (other !== undefined) {
        return refuse('suffix_conflict', `${name} (${type}) and the family ${other} both need the name ${claimed}`);
      }
    }
    if (!isUnlimited(spec) && this.limitedFamilies >= this.limits.families) {
      return refuse('family_limit', `limit of ${this.limits.families} families reached`);
    }
    if (!isUnlimited(spec) && this.isOver(familyCost(spec))) return bytesLimit(this.limits);
    return undefined;
  }

  isOver(bytes: number): boolean {
    return this.bytes + bytes > (this.limits.bytes ?? Number.POSITIVE_INFINITY);
  }
}
