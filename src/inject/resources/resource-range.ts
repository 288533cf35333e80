import type { LimitRangeItem, Quantities } from '../pod/namespace-facts.ts';
import { type Amount, amountOf, divideByRatio, multiplyByRatio } from './quantity.ts';

export type Resource = 'cpu' | 'memory';
export const resources: readonly Resource[] = ['cpu', 'memory'];

/** The request and the limit of one container of ours, for one resource. */
export interface ResourceRange {
  readonly request: Amount;
  /** Absent: nothing limits the container, and nothing demands that something does. */
  readonly limit: Amount | undefined;
  /** The pod's own annotation sets it: it is never changed. */
  readonly requestIsFixed: boolean;
  readonly limitIsFixed: boolean;
  /** A default limit is not fitToBounds below this: the container could not run. */
  readonly floor: Amount;
}

/** The tightest bounds of all items of a type, for one resource. */
export interface Bounds {
  readonly max?: Amount;
  readonly min?: Amount;
  readonly ratio?: Amount;
}

/** The bounds of all LimitRanges of a namespace, which hold together. A text that is no quantity is left out. */
export function boundsOf(items: readonly LimitRangeItem[], type: LimitRangeItem['type'], resource: Resource): Bounds {
  const amounts = (pick: (item: LimitRangeItem) => Quantities | undefined) =>
    items
      .filter((item) => item.type === type)
      .map((item) => amountOf(pick(item)?.[resource] ?? ''))
      .filter((amount) => amount !== undefined);
  const max = least(amounts((item) => item.max));
  const ratio = least(amounts((item) => item.maxLimitRequestRatio));
  const min = amounts((item) => item.min).reduce<Amount | undefined>(
    (a, b) => (a !== undefined && a > b ? a : b),
    undefined,
  );
  return {
    ...(max !== undefined && { max }),
    ...(min !== undefined && { min }),
    ...(ratio !== undefined && { ratio }),
  };
}

/**
 * Whether LimitRanges of type Container demand a limit. A maximum and a ratio have a container without one refused; a
 * default is given to it after the webhook, as high or low as it is: our own limit is written instead.
 */
export function demandsLimit(items: readonly LimitRangeItem[], resource: Resource): boolean {
  return items.some(
    ({ type, max, default: standard, maxLimitRequestRatio: ratio }) =>
      type === 'Container' && (max?.[resource] ?? standard?.[resource] ?? ratio?.[resource]) !== undefined,
  );
}

/** Raises the request to the limit, as a Guaranteed pod needs it; a value that an annotation set stays. */
export function withEqualRequest(range: ResourceRange): ResourceRange {
  if (range.limit === undefined) return range;
  if (!range.requestIsFixed) return { ...range, request: range.limit };
  return range.limitIsFixed ? range : { ...range, limit: range.request };
}

/**
 * Fits a container to a LimitRange of type Container: maximum, minimum, then the ratio of limit to request, for which
 * the request is raised before the limit is lowered. `undefined`: an annotation's value, or the floor, does not fit.
 */
export function fitToBounds(
  range: ResourceRange,
  { max, min, ratio }: Bounds,
  resource: Resource,
): ResourceRange | undefined {
  if (range.limit === undefined) return fitRequest(range, max, min);
  let { request, limit } = range;
  if (max !== undefined && limit > max) {
    if (range.limitIsFixed || max < range.floor) return undefined;
    limit = max;
  }
  if (request > limit) {
    if (range.requestIsFixed) return undefined;
    request = limit;
  }
  if (min !== undefined && request < min) {
    if (range.requestIsFixed) return undefined;
    request = min;
  }
  if (limit < request) {
    if (range.limitIsFixed || (max !== undefined && request > max)) return undefined;
    limit = request;
  }
  if (ratio !== undefined && ratio > 0n && limit > multiplyByRatio(request, ratio, resource)) {
    if (!range.requestIsFixed) request = smaller(limit, divideByRatio(limit, ratio, resource));
    else if (!range.limitIsFixed) limit = larger(request, multiplyByRatio(request, ratio, resource));
    else return undefined;
  }
  return { ...range, request, limit };
}

/** A container without a limit: its request alone is between the bounds. */
function fitRequest(range: ResourceRange, max: Amount | undefined, min: Amount | undefined): ResourceRange | undefined {
  const raised = min === undefined ? range.request : larger(range.request, min);
  const request = max === undefined ? raised : smaller(raised, max);
  if (request === range.request) return range;
  return range.requestIsFixed || (min !== undefined && request < min) ? undefined : { ...range, request };
}

/** Lowers a default limit by the excess, not below its floor; the request of a Guaranteed pod stays equal to it. */
export function withLowerLimit(range: ResourceRange, excess: Amount, isGuaranteed: boolean): ResourceRange {
  if (range.limit === undefined) return range;
  const leastLimit = isGuaranteed ? range.floor : larger(range.request, range.floor);
  if (range.limitIsFixed || excess <= 0n || range.limit <= leastLimit || (isGuaranteed && range.requestIsFixed))
    return range;
  const limit = larger(leastLimit, range.limit - excess);
  return { ...range, limit, request: isGuaranteed ? limit : range.request };
}

/**
 * Lowers default requests by the excess in all, none below the floor and the bounds. A ratio ties requests to limits,
 * which are lowered first, to their own floors.
 */
export function lowerRequests(
  wanted: readonly ResourceRange[],
  excess: (ranges: readonly ResourceRange[]) => Amount,
  { min = 0n, ratio = 0n }: Bounds,
  resource: Resource,
  floor: Amount = 0n,
): readonly ResourceRange[] {
  if (excess(wanted) <= 0n) return wanted;
  const ranges = ratio === 0n ? wanted : wanted.map((range) => withLowerLimit(range, range.limit ?? 0n, false));
  let rest = excess(ranges);
  return ranges.map((range) => {
    const { request, limit = 0n, requestIsFixed } = range;
    const least = larger(larger(min, floor), ratio === 0n ? 0n : divideByRatio(limit, ratio, resource));
    const room = requestIsFixed || rest <= 0n ? 0n : request - least;
    if (room <= 0n) return range;
    const less = smaller(rest, room);
    rest -= less;
    return { ...range, request: request - less };
  });
}

function least(amounts: readonly Amount[]): Amount | undefined {
  return amounts.reduce<Amount | undefined>((a, b) => (a !== undefined && a < b ? a : b), undefined);
}

export function larger(a: Amount, b: Amount): Amount {
  return a > b ? a : b;
}

export function smaller(a: Amount, b: Amount): Amount {
  return a < b ? a : b;
}
