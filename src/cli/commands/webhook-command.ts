import { type WebhookSettings, webhookFlags } from '../../contract/webhook.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import type { Kube } from '../../kube/kube.ts';
import { createRoomMaker } from '../../memory/make-room.ts';
import type { Validated } from '../../result/result.ts';
import { listenForSignals, untilStopped } from '../../runtime/lifecycle.ts';
import { version } from '../../runtime/version.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { createServerClock, type ServerClock } from '../../timing/server-clock.ts';
import { startWatchdog, watchdogLimit } from '../../watchdog/watchdog.ts';
import { needsCluster } from '../../webhook/requirements.ts';
import { startWebhook } from '../../webhook/start-webhook.ts';

/** `metrics-sidecar webhook`: serves until SIGTERM, then drains. */
export async function runWebhook(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseFlags(webhookFlags, args, io.env);
  if (!parsed.ok) return fail(io, 'webhook', exit.usage, parsed.problems, true);
  startWatchdog({
    limit: watchdogLimit(parsed.settings.watchdog, memoryLimit()),
    format: 'json',
    failed: (problem) => io.err.write(`metrics-sidecar: no watchdog any longer: ${problem}\n`),
  });
  const serverClock = createServerClock(io.now);
  const signals = listenForSignals(io.signals);
  const reached = await reach(parsed.settings, io, serverClock);
  const started = reached.ok
    ? await startWebhook(parsed.settings, {
        version,
        now: io.now,
        random: io.random,
        stdout: io.out,
        process: io.signals,
        memoryLimit: memoryLimit(),
        ...(reached.value !== undefined && { kube: reached.value, serverClock }),
        // The chart says POD_NAME; container runtimes set HOSTNAME to the same.
        instance: io.env.POD_NAME ?? io.env.HOSTNAME ?? 'metrics-sidecar',
      })
    : reached;
  if (!started.ok) {
    signals.close();
    return fail(io, 'webhook', exit.input, started.problems);
  }
  return untilStopped(signals, async () => {
    await started.value.stop();
    if (reached.ok) reached.value?.close();
  });
}

/** The memory limit of the cgroup in bytes; without a limit, the memory of the machine. */
function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? limit : Number.POSITIVE_INFINITY;
}

/** The connection to the API server, where the settings need one; no request is sent yet. */
async function reach(settings: WebhookSettings, { env }: Io, clock: ServerClock): Promise<Validated<Kube | undefined>> {
  if (!needsCluster(settings)) return { ok: true, value: undefined };
  const { connect } = await import('../../kube/connection/connect.ts');
  const { kubeconfig } = settings;
  const makeRoom = createRoomMaker(memoryLimit());
  const onServerTime = (time: number) => {
    clock.observe(time);
    // Before each answer: a page of a list has megabytes, and the page before it is garbage by then.
    makeRoom();
  };
  const connected = await connect({ env, onServerTime, ...(kubeconfig !== undefined && { kubeconfig }) });
  return connected.ok ? { ok: true, value: connected.kube } : { ok: false, problems: [connected.problem] };
}
