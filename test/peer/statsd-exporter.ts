import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';

/** A page of a program, or why there is none. */
export type PeerPage =
  | { readonly kind: 'page'; readonly text: string }
  | { readonly kind: 'no page' }
  | { readonly kind: 'dies' };

/** A running statsd_exporter. */
export interface Peer {
  readonly udp: number;
  readonly tcp: number;
  readonly process: ChildProcess;
  /** False: it ended before it answered. */
  readonly started: boolean;
  /** The page; undefined where it has none to give (an error, or the process is dead). */
  page(): Promise<string | undefined>;
  /** The page as protobuf. */
  protobuf(): Promise<Buffer>;
  /** The page when so many lines have arrived and all their events are in it; or what came between. */
  settled(lines: number): Promise<PeerPage>;
  /** Writes to a connection; resolves when the other side has closed it, in peace or not. */
  write(bytes: Buffer): Promise<void>;
  /** Another mapping file, taken over by SIGHUP. */
  reload(mapping: string): Promise<void>;
  stop(): Promise<void>;
}

/** How often events leave the reference's queue; its default of 200 ms is what a test would wait for. */
const flush = '5ms';
const patienceMs = 10_000;
const between = 10;
const dying = 1000;
const protobufType = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Starts it on free ports of loopback and waits until it answers. */
export async function startPeer(program: string, flags: readonly string[], mapping?: string): Promise<Peer> {
  const [web, udp, tcp] = await Promise.all([freePort(), freePort(), freePort()]);
  const folder = mkdtempSync(join(tmpdir(), 'statsd-peer-'));
  const file = join(folder, 'mapping.yml');
  if (mapping !== undefined) writeFileSync(file, mapping);
  const args = [
    `--web.listen-address=127.0.0.1:${web}`,
    `--statsd.listen-udp=127.0.0.1:${udp}`,
    `--statsd.listen-tcp=127.0.0.1:${tcp}`,
    `--statsd.event-flush-interval=${flush}`,
    ...flags,
    ...(mapping === undefined ? [] : [`--statsd.mapping-config=${file}`]),
  ];
  const child = spawn(program, args, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const dead = () => child.exitCode !== null || child.signalCode !== null;
  const page = async () => {
    const response = await fetch(`http://127.0.0.1:${web}/metrics`).catch(() => undefined);
    return response?.ok ? response.text().catch(() => undefined) : undefined;
  };
  const protobuf = async () => {
    const response = await fetch(`http://127.0.0.1:${web}/metrics`, { headers: { accept: protobufType } });
    return Buffer.from(await response.arrayBuffer());
  };
  while (!dead() && (await page()) === undefined) await pause(between);
  const without = async (): Promise<PeerPage> => {
    await Promise.race([exited, pause(dying)]);
    return { kind: dead() ? 'dies' : 'no page' };
  };
  return {
    ...{ udp, tcp, process: child, page, protobuf, started: !dead() },
    settled: (lines) => settled(page, without, lines),
    write: (bytes) => write(tcp, bytes),
    async reload(text) {
      const before = reloads(await page());
      writeFileSync(file, text);
      child.kill('SIGHUP');
      while (!dead() && reloads(await page()) === before) await pause(between);
    },
    async stop() {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

/**
 * Lines are counted before their events go through a queue: two flushes after the last line was counted, all of them
 * have left it, and when two pages in a row are the same, they were applied.
 */
async function settled(
  read: () => Promise<string | undefined>,
  without: () => Promise<PeerPage>,
  lines: number,
): Promise<PeerPage> {
  const end = Date.now() + patienceMs;
  let flushes = Number.POSITIVE_INFINITY;
  let before = '';
  for (;;) {
    const text = await read();
    if (text === undefined) return without();
    if (Date.now() > end) return { kind: 'page', text };
    if (countOf(text, 'lines_total') >= lines) {
      flushes = Math.min(flushes, countOf(text, 'event_queue_flushed_total') + 2);
      const now = steady(text);
      if (countOf(text, 'event_queue_flushed_total') >= flushes && now === before) return { kind: 'page', text };
      before = now;
    }
    await pause(between);
  }
}

function countOf(page: string, name: string): number {
  return Number(new RegExp(`^statsd_exporter_${name} (\\S+)$`, 'm').exec(page)?.[1] ?? 0);
}

function reloads(page: string | undefined): string {
  return (page?.match(/^statsd_exporter_config_reloads_total.*$/gm) ?? []).join();
}

/** Without what changes while nothing happens. */
function steady(page: string): string {
  return page.replace(/^(go_|process_|promhttp_|statsd_exporter_event_queue_flushed_total).*$/gm, '');
}

function write(port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    // It closes connections over a long line while more is on its way: that is a reset.
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
  });
}
