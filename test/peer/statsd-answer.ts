import { comparable } from '../statsd/conformance-answer.ts';
import type { Answer, ConformanceCase, Step } from '../statsd/conformance-case.ts';
import { linesOf } from '../statsd/conformance-run.ts';
import { sendUdp } from '../statsd/runtime.ts';
import { type Peer, type PeerPage, startPeer } from './statsd-exporter.ts';

/** The flags of a case that statsd_exporter has too. */
const theirs = /^--(no-)?statsd\.(parse-[a-z]+-tags|cache-size|cache-type)\b/;

/** What statsd_exporter's rows are for the case, in a process of its own. */
export async function peerAnswer(program: string, one: ConformanceCase): Promise<readonly string[]> {
  const flags = one.flags.filter((flag) => theirs.test(flag));
  const peer = await startPeer(program, flags, one.mapping ?? one.peerMapping);
  try {
    const page = peer.started ? await run(peer, one.steps) : undefined;
    if (page === undefined) return ['does not start'];
    return page.kind === 'page' ? comparable(page.text, wanted(one), one.exactly) : [page.kind];
  } finally {
    await peer.stop();
  }
}

/** What the reference is expected to answer. */
export function wanted(one: ConformanceCase): Answer {
  return one.differs?.peer ?? one.expected;
}

async function run(peer: Peer, steps: readonly Step[]): Promise<PeerPage> {
  let lines = 0;
  for (const step of steps) {
    if (step.kind === 'wait') await new Promise((resolve) => setTimeout(resolve, step.milliseconds));
    else if (step.kind === 'reload') await peer.reload(step.mapping);
    else {
      if (step.kind === 'tcp') for (const row of step.rows) await peer.write(row);
      else {
        await sendUdp(peer.udp, step.rows);
        lines += linesOf(step.rows);
      }
      const page = await peer.settled(lines);
      if (page.kind !== 'page') return page;
      lines = Number(/^statsd_exporter_lines_total (\S+)$/m.exec(page.text)?.[1] ?? 0);
    }
  }
  return peer.settled(lines);
}
