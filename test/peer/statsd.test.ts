import { describe, expect, test } from 'vitest';
import { expectedRows, normalRow } from '../statsd/conformance-answer.ts';
import { conformanceCases } from '../statsd/conformance-case.ts';
import { sendTcp, startRuntime } from '../statsd/runtime.ts';
import { findProgram } from './program.ts';
import { peerAnswer, wanted } from './statsd-answer.ts';
import { startPeer } from './statsd-exporter.ts';

const program = findProgram('statsd_exporter', process.env);

if (program === undefined) {
  console.warn(
    '\n*** no statsd_exporter: put one on the PATH or name it by STATSD_EXPORTER; nothing was compared ***\n',
  );
}

test('statsd_exporter is there (STATSD_EXPORTER or the PATH names it)', (context) => {
  if (program === undefined && process.env['CI'] !== 'true') context.skip('no statsd_exporter: nothing was compared');
  expect(program).toBeDefined();
});

describe.skipIf(program === undefined).concurrent('the conformance table, answered by the real statsd_exporter', () => {
  for (const one of conformanceCases()) {
    test(`${one.file}: ${one.title}`, async () => {
      const rows = await peerAnswer(program!, one);
      expect(rows).toEqual(expectedRows(wanted(one), one.exactly));
      // What is said to differ must differ, or the list of differences would outlive them.
      if (one.differs !== undefined) expect(rows).not.toEqual(expectedRows(one.expected, one.exactly));
    });
  }
});

test.skipIf(program === undefined)(
  'below 500 observations the quantiles are those of the real statsd_exporter',
  async () => {
    const peer = await startPeer(program!, []);
    const running = await startRuntime();
    const lines = Array.from({ length: 499 }, (_, i) => `a:${(i * 7919) % 1009}|ms\n`).join('');
    await Promise.all([sendTcp(peer.tcp, lines), sendTcp(running.tcp, lines)]);
    const rows = async (page: () => Promise<string | undefined>) =>
      ((await page()) ?? '')
        .split('\n')
        .filter((row) => row.startsWith('a{') || row.startsWith('a_count'))
        .map(normalRow);
    await expect.poll(() => rows(peer.page), { timeout: 30_000 }).toContain('a_count 499');
    expect((await rows(running.page)).sort()).toEqual((await rows(peer.page)).sort());
    await Promise.all([peer.stop(), running.runtime.stop()]);
  },
);
