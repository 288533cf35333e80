import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { comparable } from './conformance-answer.ts';
import type { ConformanceCase, Step } from './conformance-case.ts';
import { type Running, refused, sendTcp, sendUdp, startRuntime } from './runtime.ts';

const lfByte = 10;

/** The rows of our page for a case, with its `lines` over `transport`. */
export async function ourAnswer(one: ConformanceCase, transport: 'UDP' | 'TCP'): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'statsd-case-'));
  const file = join(folder, 'mapping.yml');
  if (one.mapping !== undefined) writeFileSync(file, one.mapping);
  let time = Date.now();
  try {
    const mapping = one.mapping === undefined ? [] : [`--statsd.mapping-config=${file}`];
    const running = await start([...one.flags, ...mapping], () => time);
    if (running === undefined) return ['does not start'];
    let lines = 0;
    for (const step of one.steps) {
      if (step.kind === 'wait') {
        time += step.milliseconds;
        await running.page();
      } else if (step.kind === 'reload') {
        writeFileSync(file, step.mapping);
        await running.runtime.reload?.();
      } else lines = await send(running, step, transport, lines);
    }
    const rows = comparable(await running.page(), one.expected, one.exactly);
    await running.runtime.stop();
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns undefined: the runtime refuses the configuration. */
async function start(flags: readonly string[], now: () => number): Promise<Running | undefined> {
  try {
    return await startRuntime(flags, {}, now);
  } catch (error) {
    if ((error as Error).cause === refused) return undefined;
    throw error;
  }
}

/** @returns the number of lines since the start. */
async function send(
  running: Running,
  { kind, rows }: Extract<Step, { rows: readonly Buffer[] }>,
  transport: 'UDP' | 'TCP',
  before: number,
): Promise<number> {
  if (kind === 'lines' && transport === 'TCP') {
    await sendTcp(running.tcp, Buffer.concat(rows.flatMap((row) => [row, Buffer.from('\n')])));
  } else if (kind === 'tcp') {
    for (const row of rows) await sendTcp(running.tcp, row);
  } else {
    const lines = before + linesOf(rows);
    await sendUdp(running.udp, rows);
    await running.reached('statsd_exporter_lines_total', lines);
    return lines;
  }
  return (await running.value('statsd_exporter_lines_total')) ?? 0;
}

/** Pieces of datagrams, the empty ones too. */
export function linesOf(datagrams: readonly Buffer[]): number {
  return datagrams.reduce((sum, datagram) => sum + 1 + datagram.filter((byte) => byte === lfByte).length, 0);
}
