import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import type { LimitRangeItem } from '../pod/namespace-facts.ts';
import type { Pod } from '../pod/pod.ts';
import type { Setting } from '../request/request.ts';
import { isGuaranteed, overheadOf, podLevel, type Share, type Side, sharesOf, together } from './pod-total.ts';
import { type Amount, amountOf, multiplied, quantityOf, stepOf } from './quantity.ts';
import {
  type Bounds,
  boundsOf,
  fitted,
  guaranteed,
  lowered,
  type Resource,
  resources,
  type Span,
  smaller,
} from './resource-range.ts';

/** A running container of ours, with its settings. */
export interface Wish {
  readonly name: string;
  /** The settings and their annotation keys. */
  readonly of: Readonly<
    Record<`${Resource}-${'request' | 'limit'}`, { readonly key: string; readonly setting: Setting<string> }>
  >;
}

export type ContainerResources = {
  readonly [S in Side]: { readonly [R in Resource]: string };
};

export interface FittedResources {
  /** By container. */
  readonly resources: ReadonlyMap<string, ContainerResources>;
  readonly reasons: readonly Reason[];
}

/** Where our containers stand among the pod's. */
export interface Place {
  readonly native: boolean;
  /** Init containers of ours that run first; each takes the resources of the first wish. */
  readonly inits: number;
}

/**
 * The resources of our containers, changed where they were defaults so that nobody refuses the pod for them: a request
 * above its limit, a Guaranteed pod, LimitRanges of the namespace, limits of the pod as a whole. What cannot be fitted is
 * a reason to leave the pod alone (a limit above a LimitRange has the whole pod refused).
 */
export function fitResources(
  pod: Pod,
  place: Place,
  wishes: readonly Wish[],
  limitRanges: readonly LimitRangeItem[],
): FittedResources {
  const reasons: Reason[] = [];
  const texts = new Map<string, Record<Side, Record<Resource, string>>>(
    wishes.map(({ name }) => [name, { requests: { cpu: '', memory: '' }, limits: { cpu: '', memory: '' } }]),
  );
  const keepsQuality = isGuaranteed(pod);
  for (const resource of resources) {
    const wanted = wishes.map((wish) => spanOf(wish, resource, reasons));
    const whole = keepsQuality ? wanted.map(guaranteed) : wanted;
    const spans = fitAll(pod, place, { resource, limitRanges, keepsQuality, wishes }, whole, reasons);
    spans.forEach((span, i) => {
      const { name, of } = wishes[i]!;
      const text = texts.get(name)!;
      text.requests[resource] = shown(span.request, of[`${resource}-request`].setting.value, resource);
      text.limits[resource] = shown(span.limit, of[`${resource}-limit`].setting.value, resource);
      if (span.request !== whole[i]!.request || span.limit !== whole[i]!.limit) {
        const detail = `${resource} ${spanText(span, resource)}`;
        reasons.push(reason('resources_fitted', name, detail));
      }
      if (keepsQuality && span.request !== span.limit) reasons.push(reason('quality_changed', name, resource));
    });
  }
  if (keepsQuality && !reasons.some(({ code }) => code === 'quality_changed')) {
    reasons.push(...wishes.map(({ name }) => reason('guaranteed', name)));
  }
  return { resources: texts, reasons };
}

interface Fit {
  readonly resource: Resource;
  readonly limitRanges: readonly LimitRangeItem[];
  readonly keepsQuality: boolean;
  readonly wishes: readonly Wish[];
}

/** One container after another, then all together; where one step finds no room it says so and the rest is moot. */
function fitAll(pod: Pod, place: Place, fit: Fit, wanted: readonly Span[], reasons: Reason[]): readonly Span[] {
  const { resource, limitRanges, keepsQuality, wishes } = fit;
  const spans: Span[] = [];
  for (const [i, span] of wanted.entries()) {
    const inRange = fitted(span, boundsOf(limitRanges, 'Container', resource), resource);
    const top = podLevel(pod, 'limits', resource);
    const inPod = inRange && fitted(inRange, top === undefined ? {} : { max: top }, resource);
    if (inPod === undefined) {
      const detail = `${resource} ${spanText(span, resource)}`;
      reasons.push(
        inRange === undefined
          ? reason(
              'limit_range',
              wishes[i]!.name,
              `${detail}; ${boundsText(boundsOf(limitRanges, 'Container', resource), resource)}`,
            )
          : reason('pod_resources', wishes[i]!.name, `${detail}; the pod has ${quantityOf(top!, resource)}`),
      );
      return wanted;
    }
    spans.push(inPod);
  }
  const whole = fitTogether(pod, place, fit, spans);
  if (whole === undefined) {
    reasons.push(
      reason(
        'limit_range',
        wishes.map(({ name }) => name).join(' and '),
        `${resource} of the whole pod; ${boundsText(boundsOf(limitRanges, 'Pod', resource), resource)}`,
      ),
    );
    return wanted;
  }
  const top = podLevel(pod, 'requests', resource);
  if (top === undefined || keepsQuality) return whole;
  const capped = lowerRequests(
    whole,
    totalOf(pod, place, 'requests', resource, whole) - top,
    boundsOf(limitRanges, 'Container', resource).min,
  );
  if (totalOf(pod, place, 'requests', resource, capped) <= top) return capped;
  reasons.push(reason('pod_resources', wishes[0]!.name, `${resource} requests of the whole pod`));
  return wanted;
}

/** LimitRanges of type Pod: the maximum, and the ratio of the sums. */
function fitTogether(
  pod: Pod,
  place: Place,
  { resource, limitRanges, keepsQuality }: Fit,
  wanted: readonly Span[],
): readonly Span[] | undefined {
  const { max, ratio } = boundsOf(limitRanges, 'Pod', resource);
  let spans = wanted;
  const total = (side: Side) => totalOf(pod, place, side, resource, spans);
  if (max !== undefined) {
    // The proxy gives first: it is the smaller, and moves bytes only.
    for (let i = spans.length - 1; i >= 0; i--) {
      const over = total('limits') - max;
      spans = spans.map((span, at) => (at === i ? lowered(span, over, keepsQuality) : span));
    }
    if (total('limits') > max) return undefined;
  }
  if (ratio !== undefined && ratio > 0n && total('limits') > multiplied(total('requests'), ratio, resource)) {
    spans = spans.map(guaranteed);
    if (total('limits') > multiplied(total('requests'), ratio, resource)) return undefined;
  }
  return spans;
}

function totalOf(pod: Pod, { native, inits }: Place, side: Side, resource: Resource, spans: readonly Span[]): Amount {
  const amounts = spans.map((span) => (side === 'limits' ? span.limit : span.request));
  const ours: Share[] = amounts.map((amount) => ({ role: native ? 'native' : 'app', amount }));
  const first: Share[] = Array.from({ length: inits }, () => ({ role: 'init', amount: amounts[0] ?? 0n }));
  const theirs = sharesOf(pod, side, resource);
  const sum = native
    ? together([...first, ...ours, ...theirs.inits], theirs.apps)
    : together([...first, ...theirs.inits], [...theirs.apps, ...ours]);
  return sum + overheadOf(pod, resource);
}

function lowerRequests(spans: readonly Span[], over: Amount, min: Amount = 0n): readonly Span[] {
  let rest = over;
  return spans.map((span) => {
    if (span.requestAsked || rest <= 0n || span.request <= min) return span;
    const less = smaller(rest, span.request - min);
    rest -= less;
    return { ...span, request: span.request - less };
  });
}

/** What the settings say, with a default request or limit moved where the other one was asked for beyond it. */
function spanOf({ of }: Wish, resource: Resource, reasons: Reason[]): Span {
  const amounts = (['request', 'limit'] as const).map((side) => {
    const { key, setting } = of[`${resource}-${side}`];
    const amount = amountOf(setting.value) ?? 0n;
    // Kubernetes takes CPU in thousandths and memory in bytes; 128m of memory is a common slip for 128Mi.
    if (amount % stepOf(resource) !== 0n) {
      reasons.push(reason('bad_value', key, `${setting.value} is finer than ${resource === 'cpu' ? '1m' : 'a byte'}`));
    } else if (side === 'limit' && amount === 0n) {
      reasons.push(reason('bad_value', key, '0 is no limit'));
    }
    return { amount, asked: setting.source === 'annotation' };
  });
  const [request, limit] = amounts as [(typeof amounts)[0], (typeof amounts)[0]];
  const asked = { requestAsked: request.asked, limitAsked: limit.asked };
  if (request.amount <= limit.amount) {
    return { request: request.amount, limit: limit.amount, ...asked, floor: request.amount };
  }
  if (request.asked && limit.asked) {
    const { key, setting } = of[`${resource}-request`];
    const detail = `${setting.value} is more than ${of[`${resource}-limit`].setting.value}`;
    reasons.push(reason('request_above_limit', key, detail));
  }
  const both = request.asked ? request.amount : limit.amount;
  return { request: both, limit: both, ...asked, floor: both };
}

/** What was written stays as it was written. */
function shown(amount: Amount, text: string, resource: Resource): string {
  return amountOf(text) === amount ? text : quantityOf(amount, resource);
}

function spanText({ request, limit }: Span, resource: Resource): string {
  return `request ${quantityOf(request, resource)}, limit ${quantityOf(limit, resource)}`;
}

function boundsText({ max, min, ratio }: Bounds, resource: Resource): string {
  return [
    ...(max === undefined ? [] : [`max ${quantityOf(max, resource)}`]),
    ...(min === undefined ? [] : [`min ${quantityOf(min, resource)}`]),
    ...(ratio === undefined ? [] : [`ratio ${quantityOf(ratio, 'cpu')}`]),
  ].join(', ');
}
