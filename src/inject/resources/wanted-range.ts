import { noLimit } from '../../contract/annotation-codecs.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import { type Amount, amountOf, quantityOf, stepOf } from './quantity.ts';
import { larger, type Resource, type ResourceRange, smaller } from './resource-range.ts';
import type { KeyedSetting, ResourceSettings } from './resource-settings.ts';

/** The least CPU limit that is chosen for a container: with less the sidecar takes half a minute to start. */
const leastCpuLimit = amountOf('20m')!;

/** The demands of the pod and its namespace on a container's resources, before the bounds apply. */
export interface Demand {
  /** The pod is Guaranteed, and stays it. */
  readonly isGuaranteed: boolean;
  /** The limit where the settings give none; absent: nothing demands one. */
  readonly limit: Amount | undefined;
}

interface Given {
  readonly key: string;
  readonly text: string;
  /** Absent: none. */
  readonly amount: Amount | undefined;
  /** The pod's own annotation sets it. */
  readonly isFixed: boolean;
}

/**
 * The request and limit of the settings. A default moves where an annotation sets the other one beyond it; in a
 * Guaranteed pod both are one figure.
 */
export function wantedRange(
  { settings }: ResourceSettings,
  resource: Resource,
  demand: Demand,
  reasons: Reason[],
): ResourceRange {
  const request = given(settings[`${resource}-request`], resource, false, reasons);
  const limit = given(settings[`${resource}-limit`], resource, true, reasons);
  const figure = resource === 'cpu' ? given(settings['guaranteed-cpu'], resource, true, reasons) : limit;
  const asked = request.amount ?? 0n;
  const fixed = { requestIsFixed: request.isFixed, limitIsFixed: limit.isFixed };
  if (request.isFixed && limit.isFixed && limit.amount !== undefined && asked > limit.amount) {
    reasons.push(reason('request_above_limit', request.key, `${request.text} is more than ${limit.text}`));
  }
  if (demand.isGuaranteed && !(request.isFixed && limit.isFixed)) {
    return guaranteedRange(request, limit, figure, resource, reasons);
  }
  const most = limit.amount ?? demand.limit;
  if (most === undefined) return { request: asked, limit: most, ...fixed, floor: asked };
  if (asked <= most) return { request: asked, limit: most, ...fixed, floor: floorOf(asked, most, resource) };
  const both = request.isFixed ? asked : most;
  return { request: both, limit: both, ...fixed, floor: both };
}

/**
 * One figure for request and limit: the CPU of `guaranteed-cpu`, the memory of the limit. A request that an annotation
 * sets raises it; a lower request gives way, for a limit as low as a request would keep the container from starting.
 */
function guaranteedRange(
  request: Given,
  limit: Given,
  figure: Given,
  resource: Resource,
  reasons: Reason[],
): ResourceRange {
  const base = (limit.isFixed && !figure.isFixed ? limit.amount : figure.amount) ?? 0n;
  const capped = limit.amount === undefined ? base : smaller(base, limit.amount);
  const least = limit.isFixed || resource !== 'cpu' ? capped : larger(capped, leastCpuLimit);
  const asked = request.isFixed ? (request.amount ?? 0n) : 0n;
  const amount = larger(least, asked);
  if (request.isFixed && asked < amount) {
    reasons.push(reason('request_raised', request.key, `${request.text} to ${quantityOf(amount, resource)}`));
  }
  const floor = floorOf(request.amount ?? 0n, amount, resource);
  return {
    request: amount,
    limit: amount,
    requestIsFixed: request.isFixed && asked === amount,
    limitIsFixed: limit.isFixed || figure.isFixed,
    floor,
  };
}

/** A limit is not lowered below the request, nor below the CPU in which the container starts. */
function floorOf(request: Amount, limit: Amount, resource: Resource): Amount {
  return smaller(limit, resource === 'cpu' ? larger(request, leastCpuLimit) : request);
}

function given({ key, setting }: KeyedSetting, resource: Resource, isLimit: boolean, reasons: Reason[]): Given {
  const { value: text, source } = setting;
  if (text === noLimit) return { key, text, amount: undefined, isFixed: false };
  const amount = amountOf(text) ?? 0n;
  // Kubernetes takes CPU in thousandths and memory in bytes; 128m of memory is a common slip for 128Mi.
  if (amount % stepOf(resource) !== 0n) {
    reasons.push(reason('bad_value', key, `${text} is finer than ${resource === 'cpu' ? '1m' : 'a byte'}`));
  } else if (isLimit && amount === 0n) {
    reasons.push(reason('bad_value', key, resource === 'cpu' ? '0 is no limit; write "none"' : '0 is no limit'));
  }
  return { key, text, amount, isFixed: source === 'annotation' };
}
