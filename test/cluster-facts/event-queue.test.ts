import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Batch, createEventQueue, eventKey } from '../../src/cluster/event-queue.ts';
import { eventLimits } from '../../src/cluster/events.ts';

const limits = { delay: eventLimits.delay, window: eventLimits.window, most: 100 };

function batch(
  at: number,
  {
    name = 'orders',
    message = 'a',
    isFinal = true,
    namespace = 'shop',
  }: Partial<Record<'name' | 'message' | 'namespace', string>> & { isFinal?: boolean } = {},
): Batch {
  return {
    namespace,
    target: { apiVersion: 'apps/v1', kind: 'Deployment', name, uid: `uid-${name}` },
    isFinal,
    note: { type: 'Normal', reason: 'SidecarInjected', message },
    count: 1,
    first: at,
    last: at,
    attempts: 0,
  };
}

test('a rollout of 1000 pods in five minutes is eleven writes, and every pod is in one', () => {
  const queue = createEventQueue(limits);
  const writes: { readonly at: number; readonly count: number }[] = [];
  let notified = 0;
  for (let now = 0; now <= 340_000; now += 100) {
    if (now % 300 === 0 && notified < 1000) {
      notified += 1;
      expect(queue.add(batch(now))).toBe(0);
    }
    const step = queue.next(now);
    if (step.do === 'write') writes.push({ at: now, count: step.batch.count });
  }
  expect(writes).toHaveLength(11);
  expect(writes[0]).toEqual({ at: 1000, count: 4 });
  expect(writes.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
  expect(writes.every(({ at }, i) => i === 0 || at - writes[i - 1]!.at >= limits.window)).toBe(true);
});

test('another message for the same object and reason waits for its window; another object does not', () => {
  const queue = createEventQueue(limits);
  queue.add(batch(0));
  queue.add(batch(0, { message: 'b' }));
  queue.add(batch(0, { name: 'mail' }));
  const steps = [1000, 1000, 1000, 31_000].map((now) => queue.next(now));
  expect(steps).toMatchObject([
    { do: 'write', batch: { note: { message: 'a' } } },
    { do: 'write', batch: { target: { name: 'mail' } } },
    { do: 'wait', until: 31_000 },
    { do: 'write', batch: { note: { message: 'b' } } },
  ]);
});

test('a target that is to be isFinal is due after the delay, whatever was written before', () => {
  const queue = createEventQueue(limits);
  queue.add(batch(0));
  expect(queue.next(1000)).toMatchObject({ do: 'write' });
  queue.add(batch(1000, { isFinal: false }));
  expect(queue.next(1999)).toEqual({ do: 'wait', until: 2000 });
  expect(queue.next(2000)).toMatchObject({ do: 'find' });
  expect(queue.next(2000)).toEqual({ do: 'wait', until: undefined });
});

test('what is full takes only what can go with what waits', () => {
  const queue = createEventQueue({ ...limits, most: 1 });
  expect([batch(0), batch(0, { message: 'b' }), batch(5)].map(queue.add)).toEqual([0, 1, 0]);
  expect(queue.clear()).toBe(2);
});

test('a clock that is set back holds nothing up', () => {
  const queue = createEventQueue(limits);
  queue.add(batch(1_000_000));
  expect(queue.next(1_001_000)).toMatchObject({ do: 'write' });
  queue.add(batch(1_001_000));
  expect(queue.next(500)).toMatchObject({ do: 'write' });
});

test('objects of other namespaces are others, even with the same uid', () => {
  const one = batch(0);
  expect(eventKey(one)).not.toBe(eventKey({ ...one, namespace: 'mallory' }));
});

test('notifications are conserved, and times cover all of them', () => {
  const telling = fc.record({
    wait: fc.integer({ min: 0, max: 20_000 }),
    name: fc.constantFrom('a', 'b', 'c'),
    message: fc.constantFrom('x', 'y'),
  });
  fc.assert(
    fc.property(fc.array(telling, { maxLength: 80 }), fc.integer({ min: 1, max: 5 }), (notifications, most) => {
      const queue = createEventQueue({ ...limits, most });
      let now = 0;
      let dropped = 0;
      const taken: Batch[] = [];
      for (const { wait, name, message } of notifications) {
        now += wait;
        dropped += queue.add(batch(now, { name, message }));
        const step = queue.next(now);
        if (step.do === 'write') taken.push(step.batch);
      }
      const left = queue.clear();
      expect(taken.reduce((sum, { count }) => sum + count, 0) + left + dropped).toBe(notifications.length);
      expect(taken.every(({ first, last, count }) => first <= last && (count > 1 || first === last))).toBe(true);
    }),
  );
});

test('a flood in one namespace takes no room from another, and no turn', () => {
  const queue = createEventQueue({ delay: 0, window: 0, most: 100 });
  let dropped = 0;
  for (let i = 0; i < 3000; i++) dropped += queue.add(batch(0, { namespace: 'mallory', name: `m-${i}` }));
  expect(dropped).toBe(2900);
  for (let i = 0; i < 20; i++) expect(queue.add(batch(1, { namespace: 'tenant', name: `t-${i}` }))).toBe(1);
  const steps = Array.from({ length: 40 }, () => queue.next(10));
  const ofTenant = steps.filter((step) => step.do === 'write' && step.batch.namespace === 'tenant');
  expect(ofTenant).toHaveLength(20);
  expect(queue.clear()).toBe(60);
});
