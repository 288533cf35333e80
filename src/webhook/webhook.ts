import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { performance } from 'node:perf_hooks';
import type { Writable } from 'node:stream';
import type { Logger } from 'pino';
import type { WebhookSettings } from '../contract/webhook.ts';
import type { Address } from '../flags/codecs.ts';
import type { Facts } from '../inject/facts.ts';
import { injectPod, injectService, lintWorkload } from '../inject/inject.ts';
import type { InjectSettings } from '../inject/settings.ts';
import { createAdmission } from './admission.ts';
import type { ServingPair } from './certificates.ts';
import type { Engine } from './decide.ts';
import { type Drain, track } from './drain.ts';
import { watchHandshakes } from './handshakes.ts';
import { landingText } from './landing.ts';
import { listen } from './listen.ts';
import { createLog } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { reloadOnChange } from './reload.ts';
import { createServer, minVersion } from './server.ts';
import type { FileSettings } from './settings-file.ts';
import { certificateSource, injectSettings, settingsSource } from './sources.ts';
import { readFiles } from './watch-file.ts';
import { createWeb } from './web.ts';

export interface WebhookDependencies {
  /** Of the program. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Takes the log. */
  readonly stdout?: Writable;
  /** Milliseconds with fractions that never step back: for durations. */
  readonly clock?: () => number;
  /** What is known of a namespace, from memory: nothing is asked of the cluster while a review waits. */
  readonly facts?: (namespace: string) => Facts;
  readonly engine?: Engine;
}

export interface Webhook {
  readonly tlsAddress: Address;
  readonly webAddress: Address;
  /** Not ready at once, answers on through the grace period, drains, closes. A second call waits for the same end. */
  stop(): Promise<void>;
}

export type StartedWebhook =
  | { readonly ok: true; readonly webhook: Webhook }
  /** One sentence each, naming the file or the address. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** What changes while the webhook runs. */
interface State {
  pair: ServingPair;
  inject: InjectSettings;
  stopping: boolean;
}

interface Parts {
  readonly log: Logger;
  readonly flush: () => void;
  readonly metrics: Metrics;
  readonly server: HttpsServer;
  readonly drain: Drain;
  readonly web: HttpServer;
  readonly webDrain: Drain;
}

/** Starts the webhook. Everything that is wrong with its files is told at once, and nothing listens then. */
export async function startWebhook(settings: WebhookSettings, deps: WebhookDependencies): Promise<StartedWebhook> {
  const { version, now } = deps;
  const certificate = certificateSource(settings, now);
  const file = settingsSource(settings);
  const [certificateRead, fileRead] = await Promise.all([readFiles(certificate.files), readFiles(file.files)]);
  const [pair, fileSettings] = [certificate.load(certificateRead), file.load(fileRead)];
  if (!pair.ok || !fileSettings.ok) {
    return { ok: false, problems: [pair, fileSettings].flatMap((one) => (one.ok ? [] : one.problems)) };
  }
  const inject = (read: FileSettings) => injectSettings(settings, read, version);
  const state: State = { pair: pair.value, inject: inject(fileSettings.value), stopping: false };
  const parts = await assemble(settings, deps, state);
  const { log, metrics, server } = parts;

  const bound = await bind(parts, settings);
  if (!bound.ok) return bound;
  const usePair = (next: ServingPair) => {
    state.pair = next;
    metrics.certificateExpires(next.expires / 1000);
    for (const remark of next.remarks) log.warn({ file: settings.tlsCertFile }, remark);
  };
  usePair(pair.value);
  metrics.loaded('certificate', now() / 1000);
  metrics.loaded('settings', now() / 1000);
  metrics.ready(true);
  log.info({ version, tls: bound.tlsAddress, web: bound.webAddress }, 'listening');

  const context = { poll: settings.reloadInterval, metrics, log, now };
  const changePair = (next: ServingPair) => {
    server.setSecureContext({ cert: next.cert, key: next.key, minVersion });
    usePair(next);
  };
  const changeSettings = (next: FileSettings) => {
    state.inject = inject(next);
  };
  const watches = [
    reloadOnChange(certificate, certificateRead, changePair, context),
    reloadOnChange(file, fileRead, changeSettings, context),
  ];

  let ending: Promise<void> | undefined;
  const stop = () => {
    ending ??= end(parts, state, settings).finally(() => {
      for (const watch of watches) watch.stop();
    });
    return ending;
  };
  return { ok: true, webhook: { tlsAddress: bound.tlsAddress, webAddress: bound.webAddress, stop } };
}

/** Makes the servers and what they tell; nothing listens yet. */
async function assemble(settings: WebhookSettings, deps: WebhookDependencies, state: State): Promise<Parts> {
  const { version, now, stdout = process.stdout, clock = () => performance.now() } = deps;
  const { engine = { injectPod, injectService, lintWorkload }, facts = unknownFacts } = deps;
  const { log, flush } = createLog({ level: settings.logLevel, now, out: stdout });
  let inFlight = () => 0;
  const metrics = createMetrics(version, () => inFlight());
  const knowledge = () => ({ engine, settings: state.inject, facts });
  const server = await createServer(
    { ...settings, cert: state.pair.cert, key: state.pair.key },
    {
      admit: createAdmission({ knowledge, metrics, log, clock }),
      refused({ code, message }) {
        metrics.refused(code);
        log.warn({ code, problem: message }, 'request refused');
      },
      failed: (bug) => log.error({ err: bug }, 'internal error'),
      stopping: () => state.stopping,
    },
  );
  const drain = track(server);
  inFlight = drain.inFlight;
  watchHandshakes(server, { metrics, log, now });
  const web = createWeb({
    notReady: () => (state.stopping ? 'stopping' : undefined),
    metrics: metrics.page,
    metricsType: metrics.contentType,
    landing: () => landingText({ settings, pair: state.pair, inject: state.inject }),
  });
  return { log, flush, metrics, server, drain, web, webDrain: track(web) };
}

type Bound =
  | { readonly ok: true; readonly tlsAddress: Address; readonly webAddress: Address }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Both servers listen, or none. */
async function bind({ server, drain, web, webDrain }: Parts, settings: WebhookSettings): Promise<Bound> {
  const tls = await listen(server, settings.listenAddress, '--listen-address');
  const plain = await listen(web, settings.webListenAddress, '--web.listen-address');
  if (tls.ok && plain.ok) return { ok: true, tlsAddress: tls.address, webAddress: plain.address };
  if (tls.ok) await drain.close(0);
  if (plain.ok) await webDrain.close(0);
  return { ok: false, problems: [tls, plain].flatMap((one) => (one.ok ? [] : [one.problem])) };
}

/**
 * The end in order: the endpoint is taken out of the Service while requests still come (kubernetes#127335), so they are
 * answered through the grace period, each with `Connection: close`. The plain port goes last: its page has the last counts.
 */
async function end(
  { log, flush, metrics, drain, webDrain }: Parts,
  state: State,
  settings: WebhookSettings,
): Promise<void> {
  state.stopping = true;
  metrics.ready(false);
  log.info({ gracePeriod: settings.shutdownGracePeriod, inFlight: drain.inFlight() }, 'stopping');
  await new Promise((resolve) => setTimeout(resolve, settings.shutdownGracePeriod));
  await drain.close(settings.shutdownDrainTimeout);
  await webDrain.close(0);
  log.info('stopped');
  flush();
}

/** Where nothing watches the cluster. */
function unknownFacts(namespace: string): Facts {
  return { namespace: { name: namespace, labels: {}, limitRanges: [] }, kubelets: null };
}
