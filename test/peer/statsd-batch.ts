import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { normalRow } from '../statsd/conformance-answer.ts';
import { sendTcp, startRuntime } from '../statsd/runtime.ts';
import { type Peer, startPeer } from './statsd-exporter.ts';
import { globsOf } from './statsd-globs.ts';
import { type Pair, type Setting, sent } from './statsd-pair.ts';

/** What became of a batch. */
export interface Compared {
  readonly lines: number;
  readonly leftOut: number;
  /** How many pairs met each difference. */
  readonly differences: ReadonlyMap<string, number>;
  /** Rows that only one of the two has; `-` before those of the reference. */
  readonly unequal: readonly string[];
}

/** The flag with which our globs are the reference's. */
export const compatFlag = '--statsd.compat-glob';

/** The pairs of a batch with the prefixes that keep them apart, each answered by both programs. */
export async function compareBatch(program: string, setting: Setting, pairs: readonly Pair[]): Promise<Compared> {
  const { flags, defaults, weights } = setting;
  const globs = flags.includes(compatFlag)
    ? undefined
    : globsOf(
        flags,
        defaults,
        pairs.map(({ rules }) => rules),
      );
  const ways = { weights, braces: globs !== undefined };
  const all = pairs.map((pair, i) => sent(`p${i}`, pair, ways, (line) => globs?.differs(line) ?? false));
  const mapping = (of: 'ours' | 'peers') =>
    JSON.stringify({ defaults: setting.defaults, mappings: all.flatMap((one) => one[of].rules) });
  const bytes = (of: 'ours' | 'peers') =>
    Buffer.concat(all.flatMap((one) => one[of].lines).flatMap((line) => [line, Buffer.from('\n')]));
  const count = (of: 'ours' | 'peers') => all.reduce((sum, one) => sum + one[of].lines.length, 0);
  const [ours, peers] = await Promise.all([
    ourPage(setting, mapping('ours'), bytes('ours')),
    peerPage(program, setting, mapping('peers'), bytes('peers'), count('peers')),
  ]);
  const differences = new Map<string, number>();
  for (const id of all.flatMap((one) => one.differences)) differences.set(id, (differences.get(id) ?? 0) + 1);
  return {
    ...{ lines: count('ours'), leftOut: all.reduce((sum, { leftOut }) => sum + leftOut, 0), differences },
    unequal: [
      ...(globs?.wrong ?? []),
      ...unequal(
        rowsOf(ours, weights, 0),
        peers === undefined ? undefined : rowsOf(peers, weights, count('peers') - count('ours')),
      ),
    ],
  };
}

async function ourPage(setting: Setting, mapping: string, bytes: Buffer): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'statsd-pairs-'));
  const file = join(folder, 'mapping.yml');
  writeFileSync(file, mapping);
  const running = await startRuntime([...setting.flags, `--statsd.mapping-config=${file}`]);
  await sendTcp(running.tcp, bytes);
  const page = await running.page();
  await running.runtime.stop();
  rmSync(folder, { recursive: true });
  return page;
}

async function peerPage(
  program: string,
  { flags }: Setting,
  mapping: string,
  bytes: Buffer,
  lines: number,
): Promise<string | undefined> {
  const peer: Peer = await startPeer(
    program,
    flags.filter((flag) => flag !== compatFlag),
    mapping,
  );
  if (peer.started) await peer.write(bytes);
  const page = peer.started ? await peer.settled(lines) : undefined;
  await peer.stop();
  return page?.kind === 'page' ? page.text : undefined;
}

const countedHash =
  /^statsd_exporter_(lines|samples|tags|tag_errors|sample_errors|events|events_error|events_actions|events_unmapped|events_conflict)_total\b/;
const ofEvents = /^statsd_exporter_events/;

/** What is compared of a page, in one spelling. */
function rowsOf(page: string, weights: boolean, extraLines: number): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const row of page.split('\n')) {
    const counted = countedHash.test(row);
    if (row === '' || row.startsWith('#') || (counted && weights && ofEvents.test(row))) continue;
    if (!counted && !/^p\d+_/.test(row)) continue;
    const normal = normalRow(row).replace(/,?\w+=""/g, '');
    const at = normal.lastIndexOf(' ');
    const key = normal.slice(0, at);
    const value = Number(normal.slice(at + 1)) - (key === 'statsd_exporter_lines_total' ? extraLines : 0);
    if (!counted || value !== 0) rows.set(key, value);
  }
  return rows;
}

/**
 * Rounding of sums: an observation of weight 3 is added once here and three times there. Where observations cancel out,
 * what is left is the rounding alone, however small the sum.
 */
const closeRatio = 1e-12;
const nothing = 1e-15;

function unequal(ours: ReadonlyMap<string, number>, peers: ReadonlyMap<string, number> | undefined): string[] {
  if (peers === undefined) return ['- no page'];
  const rows: string[] = [];
  for (const key of new Set([...ours.keys(), ...peers.keys()])) {
    const [a, b] = [ours.get(key), peers.get(key)];
    if (a !== undefined && b !== undefined && close(a, b)) continue;
    if (a !== undefined) rows.push(`+ ${key} ${a}`);
    if (b !== undefined) rows.push(`- ${key} ${b}`);
  }
  return rows;
}

function close(a: number, b: number): boolean {
  return (
    Object.is(a, b) || a === b || Math.abs(a - b) <= Math.max(nothing, closeRatio * Math.max(Math.abs(a), Math.abs(b)))
  );
}
