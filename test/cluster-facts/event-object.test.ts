import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EventSeries, eventName, eventObject, eventPatch } from '../../src/cluster/event-object.ts';

const telling: EventSeries = {
  namespace: 'shop',
  target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'orders', uid: 'u-1' },
  note: { type: 'Normal', reason: 'SidecarInjected', message: 'Added to pods: statsd' },
  count: 3,
  first: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  last: Date.UTC(2026, 0, 2, 3, 4, 9),
};

test('an Event of core/v1', () => {
  expect(eventObject('orders.1', telling, 'webhook-1')).toEqual({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'orders.1', namespace: 'shop' },
    involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'orders', namespace: 'shop', uid: 'u-1' },
    type: 'Normal',
    reason: 'SidecarInjected',
    message: 'Added to pods: statsd',
    count: 3,
    firstTimestamp: '2026-01-02T03:04:05Z',
    lastTimestamp: '2026-01-02T03:04:09Z',
    source: { component: 'metrics-sidecar' },
    reportingComponent: 'metrics-sidecar',
    reportingInstance: 'webhook-1',
  });
  expect(eventPatch({ count: 9, last: telling.last })).toEqual({ count: 9, lastTimestamp: '2026-01-02T03:04:09Z' });
});

test('the name is the same for the same Event, and another for another instance, key or time', () => {
  const name = eventName('k', telling, 'webhook-1');
  expect(name).toMatch(/^orders\.[0-9a-f]{16}$/);
  expect(eventName('k', { ...telling, count: 9, last: 0 }, 'webhook-1')).toBe(name);
  const others = [
    eventName('k', telling, 'webhook-2'),
    eventName('l', telling, 'webhook-1'),
    eventName('k', { ...telling, first: 0 }, 'webhook-1'),
  ];
  expect(new Set([name, ...others]).size).toBe(4);
});

test('whatever the owner is called, the name is one that Kubernetes takes', () => {
  const names = fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/));
  fc.assert(
    fc.property(names, (name) => {
      const made = eventName('k', { ...telling, target: { ...telling.target, name } }, 'i');
      expect(made.length).toBeLessThanOrEqual(253);
      expect(made).toMatch(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[0-9a-f]{16}$/);
    }),
  );
});
