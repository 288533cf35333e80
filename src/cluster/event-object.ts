import { createHash } from 'node:crypto';
import type { KubeObject } from '../kube/kube.ts';
import type { Note } from './event-note.ts';

/** The object that an Event is about (`involvedObject`), without its namespace. */
export interface Target {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Without it `kubectl describe` does not show the Event: it selects by uid. `kubectl events --for` does (1.35). */
  readonly uid?: string;
}

/** One Event, with its count so far. */
export interface EventSeries {
  readonly namespace: string;
  readonly target: Target;
  readonly note: Note;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly first: number;
  readonly last: number;
}

/** The component that `kubectl describe` shows as From. */
const component = 'metrics-sidecar';

/**
 * The Event as `core/v1` has it: `count` and the two timestamps. Measured with kubectl 1.35: `describe`, `events` and
 * `get events` show one of `events.k8s.io/v1` alike, but its `series` leaves `count` and `lastTimestamp` empty, by
 * which people sort and exporters count.
 */
export function eventObject(name: string, series: EventSeries, instance: string): KubeObject {
  const { namespace, target, note, count, first, last } = series;
  const { apiVersion, kind, uid } = target;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: { apiVersion, kind, name: target.name, namespace, ...(uid !== undefined && { uid }) },
    type: note.type,
    reason: note.reason,
    message: note.message,
    count,
    firstTimestamp: timestamp(first),
    lastTimestamp: timestamp(last),
    source: { component },
    reportingComponent: component,
    reportingInstance: instance,
  };
}

/** The fields that change in an Event that exists; a merge patch. */
export function eventPatch({ count, last }: Pick<EventSeries, 'count' | 'last'>): object {
  return { count, lastTimestamp: timestamp(last) };
}

/**
 * The name of a new Event: a hash of its content, so that a request whose answer was lost does not write it twice, and
 * of the instance, so that replicas never write the same one.
 */
export function eventName(key: string, { namespace, target, first }: EventSeries, instance: string): string {
  const hash = createHash('sha256').update(`${instance}\n${namespace}\n${key}\n${first}`).digest('hex').slice(0, 16);
  // Before admission nothing checks an owner's name; the name of an Event has to be a DNS name.
  const readable = target.name.length <= 253 && dnsName.test(target.name) ? target.name : component;
  return `${readable.slice(0, 236).replace(/(?<![-.])[-.]+$/, '')}.${hash}`;
}

/** RFC 1123, a subdomain. */
const dnsName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** RFC 3339 in seconds, as `metav1.Time` is written. */
function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
