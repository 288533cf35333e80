import type { FamilySpec, MetricType, Outcome, Refusal, Refused } from '../metric/family.ts';
import { isUnlimited, refuse } from '../metric/family.ts';
import { textHash } from '../metric/label-hash.ts';
import type { LineSet, LineSets } from '../metric/line-set.ts';
import { sharedLineSet } from '../metric/line-set.ts';
import { claimedNames, isMetricName, isReservedName } from '../metric/metric-names.ts';
import type { StoreLimits } from '../metric/metric-store.ts';
import type { Holder } from './family-record.ts';
import { FamilyRecord } from './family-record.ts';
import { Refusals } from './refusal-counts.ts';
import { bytesLimit, familyCost, largestCost, type SeriesCost } from './series-cost.ts';
import { Slots } from './slots.ts';

/** The refusal of a name that Prometheus has for itself. */
export function reservedName(name: string): Refused {
  return refuse(
    'reserved_name',
    `${name} is a name that Prometheus gives to series it makes itself; choose another one`,
  );
}

/** The families of a store, the names they hold, and what was refused. */
export class Registry implements Holder {
  readonly limits: StoreLimits;
  readonly now: () => number;
  readonly slots = new Slots();
  readonly refusals = new Refusals();
  readonly families = new Map<string, FamilyRecord>();
  /** Which family has each name that a sample or a header of a page may have. */
  readonly claims = new Map<string, string>();
  /** Of families that are not `isUnlimited`. */
  seriesCount = 0;
  limitedFamilies = 0;
  /** Bytes that the limited families and their series take; see `StoreLimits.bytes`. */
  bytes = 0;
  /** Of the keys of all series. */
  labelBytes = 0;
  /** Goes up when a series or a family comes or goes. */
  revision = 0;
  /** See `MetricStore.freed`. */
  freed = 0;
  /** See `MetricStore.names`. */
  names = 0;
  #lastNames = 0;
  /** Goes up when a family comes or goes. */
  familyRevision = 0;
  readonly #lineSets: LineSets = new Map();
  /** Of all claimed names, perhaps of some that are so no longer. */
  #claimHashes: Set<number> | undefined;

  constructor(limits: StoreLimits, now: () => number) {
    this.limits = limits;
    this.now = now;
  }

  declare(spec: FamilySpec): Outcome<FamilyRecord> {
    const known = this.#same(spec);
    if (known !== undefined) return { ok: true, value: known };
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
    const known = this.#same(record.spec);
    if (known !== undefined) return { ok: true, value: known };
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
    record.arrival = { namesBefore, namesAfter: this.names, refused: this.refusals.total };
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
    const { namesBefore, namesAfter, refused } = record.arrival!;
    // A family whose first series is refused leaves everything as it was before it came, if nobody met it meanwhile.
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

  /** See `MetricStore.isSure`. What comes may only have let a limit be reached that is asked about earlier. */
  isSure(reason: Refusal, lines: number): boolean {
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
    const known = this.families.get(name);
    return known !== undefined && known.type === type && known.spec.owner === owner ? known : undefined;
  }

  #conflict(spec: FamilySpec): Refused | undefined {
    const { name, type, owner } = spec;
    const known = this.families.get(name);
    if (known !== undefined) {
      return known.spec.owner === owner
        ? refuse('type_conflict', `${name} is a ${known.type} already and cannot be a ${type} too`)
        : refuse('owner_conflict', `${name} belongs to ${known.spec.owner} and cannot be written by ${owner}`);
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
