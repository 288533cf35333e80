import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { statsdFlags } from '../../../src/contract/statsd.ts';
import { parseFlags } from '../../../src/flags/parse-flags.ts';
import { createExplainer, type ExplainerOptions } from '../../../src/statsd/playground/explainer.ts';

function explainer(parts: Partial<ExplainerOptions> = {}) {
  const parsed = parseFlags(statsdFlags, ['--statsd.observer-type=histogram', '--statsd.histogram-buckets=1,2']);
  if (!parsed.ok) throw new Error('flags');
  const made = createExplainer({ settings: parsed.settings, patience: 20_000, idle: 20_000, ...parts });
  onTestFinished(made.close);
  return made;
}
const task = { lines: ['a:1|h'], mapping: undefined, as: 'json' } as const;

test('explains with the flags of the sidecar, as JSON or as HTML', async () => {
  const { explain } = explainer();
  const json = await explain(task);
  expect(json).toMatchObject({ ok: true, value: expect.stringContaining('a_bucket{le=\\"2.0\\"} 1') });
  const html = await explain({ ...task, as: 'html' });
  expect(html).toMatchObject({ ok: true, value: expect.stringContaining('<li class="line">') });
});

test('gives up what takes too long, and goes on', async () => {
  const { explain, close } = explainer({ patience: 1 });
  const problem = expect.stringContaining('more than 0.001 seconds');
  expect(await explain(task)).toEqual({ ok: false, problem });
  await close();
  expect(await explain(task)).toEqual({ ok: false, problem });
});

test('refuses an explanation that would be longer than anybody reads', async () => {
  const lines = Array.from({ length: 200 }, (_, i) => `name${i}:${'1:'.repeat(99)}1|c`);
  const answer = await explainer().explain({ ...task, lines });
  expect(answer).toEqual({ ok: false, problem: 'The explanation is too long: ask for fewer lines.' });
});

test('ends its thread when nobody asks any longer, and starts another for who does', async () => {
  const { explain } = explainer({ idle: 0 });
  const made = once(process, 'worker') as Promise<[Worker]>;
  expect(await explain(task)).toMatchObject({ ok: true });
  const [worker] = await made;
  if (worker.threadId !== -1) await once(worker, 'exit');
  expect(await explain(task)).toMatchObject({ ok: true });
});

test('says that it was closed to who waits', async () => {
  const { explain, close } = explainer();
  expect(await explain(task)).toMatchObject({ ok: true });
  const waiting = explain({ ...task, mapping: `mappings: ${'['.repeat(200_000)}` });
  await close();
  expect(await waiting).toMatchObject({ ok: false });
});
