import { describe, expect, test } from 'vitest';
import { comparable, type GoldenCase, goldenCases, normalized } from '../statsd/golden-case.ts';
import { sendTcp, sendUdp, startRuntime } from '../statsd/runtime.ts';
import { findProgram } from './program.ts';
import { type Peer, startPeer } from './statsd-exporter.ts';

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

/** Zeros that we show from the start and the reference only after the first event. */
const counted = (rows: readonly string[]) => rows.filter((row) => !/^statsd_exporter_\S+ 0$/.test(row));

async function answer(peer: Peer, golden: GoldenCase): Promise<readonly string[] | undefined> {
  await sendUdp(peer.udp, golden.lines);
  const lines = /^statsd_exporter_lines_total (\d+)$/m;
  for (const until = Date.now() + 3000; ; ) {
    const page = await peer.page();
    if (page === undefined || Date.now() > until) return undefined;
    if (Number(lines.exec(page)?.[1]) >= golden.lines.length) break;
  }
  // Events wait up to 200 ms in the reference's queue after their lines were counted.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const page = await peer.page();
  return page === undefined ? undefined : counted(comparable(page, golden.expected));
}

describe.skipIf(program === undefined).concurrent('the golden cases, answered by the real statsd_exporter', () => {
  for (const golden of goldenCases()) {
    test(`${golden.file}: ${golden.title}`, async () => {
      const flags = golden.flags.filter((flag) => flag.startsWith('--no-'));
      const peer = await startPeer(program!, flags, golden.peerMapping);
      const rows = await answer(peer, golden);
      await peer.stop();
      if (golden.differs === undefined) expect(normalized(rows ?? ['no page'])).toEqual(normalized(golden.expected));
      // What is said to differ must differ, or the list of differences would outlive them.
      else expect(normalized(rows ?? ['no page']), golden.differs).not.toEqual(normalized(golden.expected));
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
      ((await page()) ?? '').split('\n').filter((row) => row.startsWith('a{') || row.startsWith('a_count'));
    await expect.poll(() => rows(peer.page), { timeout: 5000 }).toContain('a_count 499');
    expect(normalized(await rows(running.page))).toEqual(normalized(await rows(peer.page)));
    await Promise.all([peer.stop(), running.runtime.stop()]);
  },
);
