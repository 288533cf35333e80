import { expect, test } from 'vitest';
import { advance, type Limits, type Run } from '../../../src/renew/plan/advance.ts';
import { inspected, restarted } from '../../../src/renew/plan/outcomes.ts';
import type { Phase } from '../../../src/renew/plan/phase.ts';
import type { Disruption } from '../../../src/renew/plan/view.ts';
import type { Workload } from '../../../src/renew/workload/workload.ts';
import { viewOf, workloadWith } from './simulated-cluster.ts';

const limits: Limits = { budget: { pods: 4 }, timeout: 600_000, patience: 60_000, keepGoing: false };
const web = 'shop deployment/web';
const api = 'shop deployment/api';

const waiting: Phase = { name: 'waiting', checked: 1 };
const runOf = (phases: Readonly<Record<string, Phase>>): Run => ({ phases: new Map(Object.entries(phases)) });
const apiWith = (more: Partial<Workload> = {}) => workloadWith({ name: 'api', labels: { app: 'api' }, ...more });
const rolling: Phase = { name: 'rolling', generation: 2, pace: { since: 0, progress: '' } };

test('pods are read before a workload is restarted, and the budget is kept for it meanwhile', () => {
  const run = runOf({ [web]: { name: 'waiting' }, [api]: waiting });
  const view = viewOf(workloadWith({ takes: 4, replicas: 8 }), apiWith());
  const step = advance(run, view, 0, limits);
  expect(step).toMatchObject({ inspect: [web], restart: [], queued: [api] });
  const outdated = inspected(step.run, web, { outcome: 'unchanged', why: 'old' }, 1);
  expect(advance(outdated, view, 0, limits)).toMatchObject({ inspect: [], restart: [web], queued: [api] });
  const renewed = inspected(step.run, web, { outcome: 'renewed' }, 1);
  expect(advance(renewed, view, 0, limits)).toMatchObject({ restart: [api] });
});

test.each<[string, Partial<Workload>, string]>([
  ['a hindrance', { hindrance: 'it is paused' }, 'it is paused'],
  ['a rollout that stands still', { rollout: 'stuck' }, 'repair it first'],
  [
    'a strategy that takes more than the budget',
    { takes: 5, replicas: 20 },
    'takes 5 pods down at once, more than --max-unavailable (4)',
  ],
])('%s: left, and the others go on', (_, more, why) => {
  const step = advance(runOf({ [web]: waiting, [api]: waiting }), viewOf(workloadWith(more), apiWith()), 0, limits);
  expect(step.run.phases.get(web)).toEqual({ name: 'left', why: expect.stringContaining(why) });
  expect(step.restart).toEqual([api]);
});

test('surging pods take a place of the budget: no more rollouts at once than it has places', () => {
  const many = Array.from({ length: 9 }, (_, i) => workloadWith({ name: `w${i}`, takes: 0 }));
  const view = viewOf(...many);
  const run = runOf(Object.fromEntries([...view.workloads.keys()].map((key) => [key, waiting])));
  expect(advance(run, view, 0, limits).restart).toHaveLength(4);
  expect(advance(run, view, 0, { ...limits, budget: undefined }).restart).toHaveLength(1);
});

test('pods that were unavailable before count, those of workloads that are up to date too', () => {
  const view = viewOf(workloadWith({ takes: 2 }), apiWith({ unavailable: 3 }));
  const run = runOf({ [web]: waiting });
  expect(advance(run, view, 0, limits)).toMatchObject({ restart: [], queued: [web], usage: 3, size: 4 });
  const late = advance(advance(run, view, 0, limits).run, view, 60_000, limits);
  const why = 'the budget is used up: 3 of shop deployment/api not available';
  expect(late).toMatchObject({ ended: true });
  expect(late.run.phases.get(web)).toEqual({ name: 'left', why });
  expect(advance(run, view, 0, { ...limits, budget: undefined }).restart).toEqual([web]);
});

test('a workload that is not whole waits, and is left when nothing changes for a minute', () => {
  const view = viewOf(workloadWith({ unavailable: 1 }));
  const first = advance(runOf({ [web]: waiting }), view, 0, limits);
  expect(first).toMatchObject({ restart: [], ended: false });
  expect(advance(first.run, view, 59_999, limits).ended).toBe(false);
  expect(advance(first.run, view, 60_000, limits).run.phases.get(web)).toEqual({
    name: 'left',
    why: '1 of 3 pods not available: a restart waits until they are',
  });
  // Changes begin the minute again, but not for longer than the timeout.
  const flapping = viewOf(workloadWith({ unavailable: 2 }));
  expect(advance(first.run, flapping, 60_000, limits).ended).toBe(false);
  expect(advance(first.run, flapping, 600_000, limits).ended).toBe(true);
  expect(advance(first.run, viewOf(workloadWith()), 60_000, limits).restart).toEqual([web]);
});

test('a rollout of somebody else is waited for; afterwards the pods are read again', () => {
  const run = runOf({ [web]: waiting });
  const during = advance(run, viewOf(workloadWith({ rollout: 'rolling', generation: 2 })), 5, limits);
  expect(during).toMatchObject({ restart: [], inspect: [], inProgress: 1 });
  const starting = viewOf(workloadWith({ generation: 2, unavailable: 1 }));
  expect(advance(during.run, starting, 6, limits)).toMatchObject({ inspect: [], inProgress: 1 });
  expect(advance(during.run, viewOf(workloadWith({ generation: 2 })), 7, limits).inspect).toEqual([web]);
  const late = advance(during.run, viewOf(workloadWith({ rollout: 'rolling', generation: 2 })), 600_005, limits);
  expect(late.run.phases.get(web)).toMatchObject({ name: 'left', why: expect.stringContaining('no progress for 10m') });
});

test.each<[string, Partial<Workload>, number]>([
  ['the progress deadline', { rollout: 'stuck', unavailable: 1 }, 1],
  ['no progress for the timeout', { rollout: 'rolling', unavailable: 1 }, 600_001],
])('%s: failed, and nothing else is begun', (_, more, now) => {
  const run = runOf({ [web]: rolling, [api]: waiting });
  const view = viewOf(workloadWith({ generation: 2, updated: 1, ...more }), apiWith());
  const first = advance(run, view, 1, { ...limits, budget: { pods: 1 } });
  const step = advance(first.run, view, now, { ...limits, budget: { pods: 1 } });
  expect(step).toMatchObject({ ended: true, restart: [] });
  expect(step.run.phases.get(api)).toEqual({ name: 'left', why: `not begun, since ${web} failed` });
  expect(step.run.phases.get(web)).toMatchObject({
    name: 'failed',
    why: expect.stringContaining('kubectl rollout undo deployment/web -n shop goes back'),
  });
  const keeping = { ...limits, keepGoing: true };
  const going = advance(advance(run, view, 1, { ...keeping, budget: { pods: 1 } }).run, view, now, keeping);
  expect(going).toMatchObject({ restart: [api], ended: false });
});

test('progress begins the timeout again', () => {
  const at = (updated: number) => viewOf(workloadWith({ generation: 2, rollout: 'rolling', updated }));
  let run = runOf({ [web]: rolling });
  for (let i = 0; i < 10; i++) run = advance(run, at(i), i * 500_000, limits).run;
  expect(run.phases.get(web)?.name).toBe('rolling');
});

test('minReadySeconds comes on top of the timeout', () => {
  const view = viewOf(workloadWith({ generation: 2, rollout: 'rolling', minReadySeconds: 600 }));
  const first = advance(runOf({ [web]: rolling }), view, 0, limits);
  expect(advance(first.run, view, 1_199_999, limits).run.phases.get(web)?.name).toBe('rolling');
  expect(advance(first.run, view, 1_200_000, limits).run.phases.get(web)?.name).toBe('failed');
});

test('pods that a restart did not renew end the run, even with --keep-going', () => {
  const run = inspected(runOf({ [web]: rolling, [api]: waiting }), web, { outcome: 'unchanged', why: 'no sidecar' }, 2);
  const step = advance(run, viewOf(workloadWith(), apiWith()), 0, { ...limits, keepGoing: true });
  expect(step).toMatchObject({ ended: true, restart: [] });
});

test('the answers of the API server', () => {
  const run = runOf({ [web]: { name: 'restarting', at: 'then', resourceVersion: '1' } });
  const phase = (result: Parameters<typeof restarted>[2]) => restarted(run, web, result, 9).phases.get(web);
  expect(phase({ outcome: 'accepted', generation: 2 })).toMatchObject({ name: 'rolling', generation: 2 });
  expect(phase({ outcome: 'refused', why: 'denied' })).toEqual({ name: 'failed', why: 'denied', fatal: false });
  expect(phase({ outcome: 'gone' })).toEqual({ name: 'gone' });
  const conflict = restarted(run, web, { outcome: 'conflict', resourceVersion: '1' }, 9);
  // The copy has to be newer than the version of the conflict.
  expect(advance(conflict, viewOf(workloadWith()), 9, limits)).toMatchObject({
    restart: [],
    inspect: [],
    ended: false,
  });
  expect(advance(conflict, viewOf(workloadWith({ resourceVersion: '2' })), 9, limits).inspect).toEqual([web]);
});

test('a workload that is deleted is done', () => {
  const step = advance(runOf({ [web]: rolling, [api]: waiting }), viewOf(), 0, limits);
  expect(step).toMatchObject({ ended: true });
  expect([...step.run.phases.values()]).toEqual([{ name: 'gone' }, { name: 'gone' }]);
});

const guard = (allowed: number, matchLabels: Readonly<Record<string, string>>): Disruption => ({
  ...{ name: 'guard', allowed, selector: { matchLabels } },
});
const guarded = (disruption: Disruption, ...workloads: readonly Workload[]) => ({
  ...viewOf(...workloads),
  disruptions: new Map([['shop', [disruption]]]),
});

test('a PodDisruptionBudget is respected, by rollouts together too', () => {
  const [one, two] = [workloadWith({ labels: { tier: 'a' } }), apiWith({ labels: { tier: 'a' } })];
  const run = runOf({ [web]: waiting, [api]: waiting });
  const none = advance(run, guarded(guard(0, { tier: 'a' }), one, two), 0, limits);
  expect(none).toMatchObject({ restart: [] });
  expect(none.blocked.get(web)).toBe(
    'PodDisruptionBudget guard allows 0 disruptions, its rollout takes 1 pod down at once',
  );
  const single = advance(run, guarded(guard(1, { tier: 'a' }), one, two), 0, limits);
  expect(single).toMatchObject({ restart: [web] });
  expect(single.blocked.get(api)).toContain('allows 1 disruption (1 rollout under it in progress)');
  expect(advance(run, guarded(guard(2, { tier: 'a' }), one, two), 0, limits).restart).toEqual([web, api]);
  expect(advance(run, guarded(guard(0, { tier: 'b' }), one, two), 0, limits).restart).toEqual([web, api]);
  const surging = guarded(guard(0, { tier: 'a' }), workloadWith({ labels: { tier: 'a' }, takes: 0 }));
  expect(advance(runOf({ [web]: waiting }), surging, 0, limits).restart).toEqual([web]);
});

test('a percentage is of all pods that count, rounded up', () => {
  const view = viewOf(workloadWith({ replicas: 15 }), apiWith({ replicas: 6 }));
  expect(advance(runOf({ [web]: waiting }), view, 0, { ...limits, budget: { percent: 10 } }).size).toBe(3);
});

test('thousands of workloads: a step takes time in proportion', () => {
  const many = Array.from({ length: 20_000 }, (_, i) => workloadWith({ name: `w${i}`, unavailable: i % 2 }));
  const view = viewOf(...many);
  const run = runOf(Object.fromEntries([...view.workloads.keys()].map((key) => [key, waiting])));
  expect(advance(run, view, 0, { ...limits, budget: { pods: 15_000 } }).restart).toHaveLength(5000);
});
