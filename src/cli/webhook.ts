import { webhookFlags } from '../contract/webhook.ts';
import { parseFlags } from '../flags/parse.ts';
import { startWebhook } from '../webhook/webhook.ts';
import { exit } from './exit.ts';
import { fail, type Io } from './io.ts';
import { hearSignals, untilStopped } from './lifecycle.ts';
import { version } from './version.ts';

/** `metrics-sidecar webhook`: serves until SIGTERM, then drains. */
export async function runWebhook(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseFlags(webhookFlags, args, io.env);
  if (!parsed.ok) return fail(io, 'webhook', exit.usage, parsed.problems, true);
  const heard = hearSignals(io.signals);
  const started = await startWebhook(parsed.settings, { version, now: io.now, stdout: io.out });
  if (!started.ok) {
    heard.close();
    return fail(io, 'webhook', exit.input, started.problems);
  }
  return untilStopped(heard, () => started.webhook.stop());
}
