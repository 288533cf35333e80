import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { Kube } from '../../../src/kube/kube.ts';
import { backgroundWorks } from '../../../src/webhook/metrics/background-failures.ts';
import { review } from '../reviews.ts';
import { running } from '../running.ts';

/** A connection with a bug: whatever is asked of it is thrown at the asker. */
const broken: Kube = {
  server: 'https://broken',
  request: () => {
    throw new TypeError('answer.value.items is not iterable');
  },
  stream: () => {
    throw new TypeError('no stream');
  },
  close: () => {},
};

test('whatever work beside admission throws is counted and logged, and reviews are answered on', async () => {
  const process = new EventEmitter();
  const { log, post, page } = await running(
    { cluster: true, clusterMissedInterval: 1, webhookConfiguration: 'metrics-sidecar' },
    { kube: broken, process, random: () => 0 },
  );
  process.emit('uncaughtException', new Error('nobody caught this'));
  process.emit('unhandledRejection', new Error('nor this'));
  await post('/mutate', review('003'));
  const failures = async (work: string) => {
    const found = new RegExp(`background_failures_total\\{work="${work}"\\} (\\d+)`).exec(
      (await page('/metrics')).body,
    );
    return Number(found?.[1]);
  };
  for (const work of ['watch', 'missed', 'unknown', 'events']) {
    while ((await failures(work)) === 0) await log.until('background work failed: a bug; admission goes on');
    expect(await failures(work)).toBeGreaterThan(0);
  }
  expect(backgroundWorks).toContain('unknown');
  expect((await post('/mutate', review('003'))).status).toBe(200);
});
