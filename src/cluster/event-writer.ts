import { type Kube, type KubeProblem, type KubeResult, patchType } from '../kube/kube.ts';
import { createLruCache } from '../memory/lru-cache.ts';
import type { Completion } from '../result/result.ts';
import { eventName, eventObject, eventPatch } from './event-object.ts';
import { type Batch, eventKey } from './event-queue.ts';

export type Written = Completion<KubeProblem>;

/** Writes batches: the first of an Event creates it, later ones raise its count. */
export interface EventWriter {
  write(batch: Batch, timeout?: number): Promise<Written>;
}

/** An Event that this replica wrote. */
interface KnownEvent {
  readonly name: string;
  readonly count: number;
}

/** @param most the number of Events that the writer remembers; it creates a forgotten Event again. */
export function createEventWriter(kube: Kube, instance: string, most: number): EventWriter {
  const events = createLruCache<KnownEvent>(most);
  const folder = (namespace: string) => `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;

  const create = (name: string, batch: Batch, timeout: Timeout): Promise<KubeResult<unknown>> =>
    kube.request({
      method: 'POST',
      path: folder(batch.namespace),
      body: eventObject(name, batch, instance),
      ...timeout,
    });

  const raise = (name: string, batch: Batch, count: number, timeout: Timeout): Promise<KubeResult<unknown>> =>
    kube.request({
      method: 'PATCH',
      path: `${folder(batch.namespace)}/${name}`,
      contentType: patchType.merge,
      body: eventPatch({ count, last: batch.last }),
      ...timeout,
    });

  return {
    async write(batch, milliseconds) {
      const timeout = milliseconds === undefined ? {} : { timeout: milliseconds };
      const key = eventKey(batch);
      const before = events.get(key);
      if (before !== undefined) {
        const count = before.count + batch.count;
        const raised = await raise(before.name, batch, count, timeout);
        if (raised.ok) events.set(key, { name: before.name, count });
        // The API server deletes an Event an hour (`--event-ttl`) after its last write: another one begins then.
        if (raised.ok || raised.problem.code !== 'not_found') return raised;
      }
      const name = eventName(key, batch, instance);
      const created = await create(name, batch, timeout);
      // An earlier attempt created it, whose answer was lost; the count may have grown since.
      const done =
        !created.ok && created.problem.code === 'conflict' ? await raise(name, batch, batch.count, timeout) : created;
      if (done.ok) events.set(key, { name, count: batch.count });
      return done;
    },
  };
}

type Timeout = { readonly timeout?: number };
