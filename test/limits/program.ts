import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueCertificates } from '../../scripts/certificates.ts';
import { type Program, start } from '../process/program.ts';
import { type MemoryGroup, makeMemoryGroup } from './cgroup.ts';

/** What the Dockerfile gives the program beside its arguments, and the chart gives the webhook. */
const env = {
  image: { NODE_ENV: 'production', MALLOC_MMAP_THRESHOLD_: '1048576', NODE_OPTIONS: '--max-semi-space-size=2' },
  chart: { NODE_OPTIONS: '--max-semi-space-size=4' },
} as const;

/** The built program in a memory cgroup, run as the image runs it. Ended and cleaned up by `await using`. */
export interface Limited extends Program, AsyncDisposable {
  readonly group: MemoryGroup;
  /** The signal or the exit code that it ended with; undefined while it runs. */
  ended(): string | undefined;
  /** The most memory that the process had in RAM, MiB; the last known where it has ended. */
  peak(): Promise<number>;
  /** CPU seconds of all its threads, in user and kernel mode. */
  cpu(): Promise<number>;
}

/** Starts the built program in a memory cgroup of `mebibytes`. */
export function startLimited(
  mebibytes: number,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Limited {
  const group = makeMemoryGroup(mebibytes * 2 ** 20);
  const program = start(args, { ...env.image, ...more }, { within: group.enter });
  const { child } = program;
  let peak = 0;
  return {
    ...program,
    group,
    ended() {
      if (child.signalCode !== null) return child.signalCode;
      return child.exitCode === null ? undefined : `exit ${child.exitCode}`;
    },
    async peak() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      peak = Math.max(peak, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
      return peak;
    },
    async cpu() {
      const fields = (await readFile(`/proc/${child.pid}/stat`, 'latin1')).split(') ')[1]!.split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await group.remove();
    },
  };
}

export interface LimitedWebhook extends Limited {
  /** The TLS port of reviews, on 127.0.0.1. */
  readonly port: number;
  /** The plain port of /metrics, /healthz and /readyz. */
  readonly web: number;
  /** The authority of its certificate, PEM. */
  readonly ca: string;
}

/** A webhook in a memory cgroup, with a certificate for 127.0.0.1, listening. */
export async function startLimitedWebhook(mebibytes: number, args: readonly string[] = []): Promise<LimitedWebhook> {
  const folder = await mkdtemp(join(tmpdir(), 'limits-'));
  await issueCertificates({ folder, names: ['127.0.0.1'], days: 1 });
  const flags = [
    'webhook',
    '--listen-address=127.0.0.1:0',
    '--web.listen-address=127.0.0.1:0',
    '--shutdown.grace-period=0s',
    `--tls-cert-file=${join(folder, 'tls.crt')}`,
    `--tls-key-file=${join(folder, 'tls.key')}`,
  ];
  const program = startLimited(mebibytes, [...flags, ...args], env.chart);
  const said = (await program.said('listening')) as { tls: { port: number }; web: { port: number } };
  return {
    ...program,
    port: said.tls.port,
    web: said.web.port,
    ca: await readFile(join(folder, 'ca.crt'), 'utf8'),
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface LimitedSidecar extends Limited {
  /** The port of /metrics, on 127.0.0.1. */
  readonly web: number;
  /** The port of pushes. */
  readonly ingest: number;
  /** The port of statsd over UDP and the one over TCP. */
  readonly statsd: { readonly udp: number; readonly tcp: number };
}

/** A sidecar with statsd and ingest in a memory cgroup, ready. `flags`: of one kind each, beside free ports. */
export async function startLimitedSidecar(
  mebibytes: number,
  flags: {
    readonly shared?: readonly string[];
    readonly statsd?: readonly string[];
    readonly ingest?: readonly string[];
  } = {},
): Promise<LimitedSidecar> {
  const program = startLimited(mebibytes, [
    ...['--web.listen-address=127.0.0.1:0', '--shutdown.grace-period=0s', ...(flags.shared ?? [])],
    ...['statsd', '--statsd.listen-udp=127.0.0.1:0', '--statsd.listen-tcp=127.0.0.1:0', ...(flags.statsd ?? [])],
    ...['+', 'ingest', '--ingest.listen-address=127.0.0.1:0', ...(flags.ingest ?? [])],
  ]);
  const ready = (await program.said('ready')) as { address: { port: number } };
  const statsd = (await program.said('statsd listens')) as { udp: { port: number }; tcp: { port: number } };
  const ingest = (await program.said('ingest listens')) as { port: number };
  return {
    ...program,
    web: ready.address.port,
    ingest: ingest.port,
    statsd: { udp: statsd.udp.port, tcp: statsd.tcp.port },
  };
}
