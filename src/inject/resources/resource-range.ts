import type { LimitRangeItem, Quantities } from '../pod/namespace-facts.ts';
import { type Amount, amountOf, divided, multiplied } from './quantity.ts';

export type Resource = 'cpu' | 'memory';
export const resources: readonly Resource[] = ['cpu', 'memory'];

/** What one container of ours requests of a resource, and may use. */
export interface Span {
  readonly request: Amount;
  readonly limit: Amount;
  /** Set by the pod's own annotation: it is never changed. */
  readonly requestAsked: boolean;
  readonly limitAsked: boolean;
  /** A default limit is not fitted below this: the container could not run. */
  readonly floor: Amount;
}

/** The tightest bounds of all items of a type, for one resource. */
export interface Bounds {
  readonly max?: Amount;
  readonly min?: Amount;
  readonly ratio?: Amount;
}

/** All of a namespace's LimitRanges hold at once. What is no quantity is left out. */
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

/** Raises the request to the limit, as a Guaranteed pod needs it; what was asked for stays. */
export function guaranteed(span: Span): Span {
  if (!span.requestAsked) return { ...span, request: span.limit };
  return span.limitAsked ? span : { ...span, limit: span.request };
}

/**
 * Fits a container to a LimitRange of type Container: maximum, minimum, then the ratio of limit to request, for which
 * the request is raised before the limit is lowered. `undefined`: what was asked for, or what it needs to run, does not fit.
 */
export function fitted(span: Span, { max, min, ratio }: Bounds, resource: Resource): Span | undefined {
  let { request, limit } = span;
  if (max !== undefined && limit > max) {
    if (span.limitAsked || max < span.floor) return undefined;
    limit = max;
  }
  if (request > limit) {
    if (span.requestAsked) return undefined;
    request = limit;
  }
  if (min !== undefined && request < min) {
    if (span.requestAsked) return undefined;
    request = min;
  }
  if (limit < request) {
    if (span.limitAsked || (max !== undefined && request > max)) return undefined;
    limit = request;
  }
  if (ratio !== undefined && ratio > 0n && limit > multiplied(request, ratio, resource)) {
    if (!span.requestAsked) request = smaller(limit, divided(limit, ratio, resource));
    else if (!span.limitAsked) limit = larger(request, multiplied(request, ratio, resource));
    else return undefined;
  }
  return { ...span, request, limit };
}

/** Lowers a default limit by as much as is over, but never below its floor; a Guaranteed pod's request goes with it. */
export function lowered(span: Span, over: Amount, isGuaranteed: boolean): Span {
  const bottom = isGuaranteed ? span.floor : larger(span.request, span.floor);
  if (span.limitAsked || over <= 0n || span.limit <= bottom || (isGuaranteed && span.requestAsked)) return span;
  const limit = larger(bottom, span.limit - over);
  return { ...span, limit, request: isGuaranteed ? limit : span.request };
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
