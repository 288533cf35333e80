import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sizeOf } from '../../../src/renew/plan/budget.ts';
import { type Shape, SimulatedCluster, simulate } from './simulated-cluster.ts';

const shape = fc
  .record({ replicas: fc.integer({ min: 1, max: 8 }), takes: fc.nat(3), isDegraded: fc.boolean() })
  .map(({ replicas, takes, isDegraded }): Shape => ({ replicas, takes: Math.min(takes, replicas), isDegraded }));

const budget = fc.oneof(
  fc.record({ pods: fc.integer({ min: 3, max: 12 }) }),
  fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
  fc.constant(undefined),
);

/** mulberry32 */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const limitsOf = (wanted: { readonly pods: number } | { readonly percent: number } | undefined) => ({
  ...{ budget: wanted, timeout: 100_000, patience: 50_000, keepGoing: false },
});

test('whatever the schedule, interruptions and lost answers: within the budget, each restarted once, and it ends', () => {
  fc.assert(
    fc.property(fc.array(shape, { minLength: 1, maxLength: 12 }), budget, fc.integer(), (shapes, wanted, seed) => {
      const random = randomOf(seed);
      const cluster = new SimulatedCluster(shapes, random);
      const before = cluster.most;
      const size = wanted && sizeOf(wanted, cluster.view().workloads.values());
      const { run } = simulate(cluster, limitsOf(wanted), { random, interrupts: 0.03, loses: 0.1 });
      for (const { key, shape: own, generation } of cluster.models) {
        const isTooLarge = size !== undefined && Math.max(1, own.takes) > size;
        expect(run.phases.get(key)?.name ?? 'renewed', key).toBe(isTooLarge ? 'left' : 'renewed');
        expect(generation, key).toBe(isTooLarge ? 1 : 2);
      }
      if (size !== undefined) expect(cluster.most).toBeLessThanOrEqual(Math.max(size, before));
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 100) },
  );
});

test('without a budget, one workload at a time: no more pods than one of them takes', () => {
  fc.assert(
    fc.property(fc.array(shape, { minLength: 1, maxLength: 12 }), fc.integer(), (shapes, seed) => {
      const whole = shapes.map((one) => ({ ...one, isDegraded: false }));
      const random = randomOf(seed);
      const cluster = new SimulatedCluster(whole, random);
      simulate(cluster, limitsOf(undefined), { random, interrupts: 0.05, loses: 0.1 });
      expect(cluster.most).toBeLessThanOrEqual(Math.max(...whole.map(({ takes }) => takes)));
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 60) },
  );
});
