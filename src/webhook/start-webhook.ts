import type { EventEmitter } from 'node:events';
import { performance } from 'node:perf_hooks';
import { watchBundles } from '../certificates/watch-bundles.ts';
import type { WebhookSettings } from '../contract/webhook.ts';
import { readFiles } from '../files/watch-file.ts';
import type { Address } from '../flags/codecs.ts';
import { injectPod, injectService, lintWorkload } from '../inject/inject.ts';
import { listen } from '../net/listen.ts';
import type { Invalid, Validated } from '../result/result.ts';
import { injectSettings } from '../settings/inject-settings.ts';
import type { FileSettings } from '../settings/settings-file.ts';
import { type AdmissionContext, createAdmission } from './admission/admission.ts';
import { certificateSource } from './certificate-source.ts';
import { noCluster, watchCluster } from './cluster-services.ts';
import { createAdmissionServer } from './http/admission-server.ts';
import { trackRequests } from './http/drain.ts';
import { boundMemory } from './http/memory-bounds.ts';
import { createRefusedRequests } from './http/refused-requests.ts';
import { createWeb } from './http/web-server.ts';
import { createBackgroundFailures } from './metrics/background-failures.ts';
import { createMetrics } from './metrics/webhook-metrics.ts';
import type { Parts, State, WebhookDependencies } from './parts.ts';
import { createPinoLog } from './pino-log.ts';
import { createReadiness, notTrusted } from './readiness.ts';
import { settingsSource } from './reload/settings-source.ts';
import { firstSettings, settingsProblem, watchSettings } from './reload/watch-settings.ts';
import { missingFlags } from './requirements.ts';
import { clientCaSource } from './tls/client-ca.ts';
import { createClients } from './tls/clients.ts';
import { watchFailedHandshakes } from './tls/failed-handshakes.ts';
import { watchCertificate, watchClientCa } from './watch-certificates.ts';
import { landingText } from './webhook-landing.ts';

export interface Webhook {
  readonly tlsAddress: Address;
  readonly webAddress: Address;
  /**
   * Is not ready from now on, answers through the grace period, drains, closes. A second call waits for the same end.
   */
  stop(): Promise<void>;
}

export type StartedWebhook = Validated<Webhook>;

/**
 * Starts the webhook, or returns all problems of its flags and certificates together and listens nowhere. With
 * `--certificates.mode=auto` it listens before it has a certificate, and with a wrong settings file until that is
 * corrected: it is healthy then, but not ready.
 */
export async function startWebhook(settings: WebhookSettings, deps: WebhookDependencies): Promise<StartedWebhook> {
  const { version, now } = deps;
  const missing = missingFlags(settings);
  if (missing.length > 0) return { ok: false, problems: missing };
  const file = settingsSource(settings);
  const authorities = clientCaSource(settings, now);
  const [source, fileRead, authoritiesRead] = await Promise.all([
    certificateSource(settings, now),
    readFiles(file.files),
    readFiles(authorities.files),
  ]);
  const fileSettings = file.load(fileRead);
  const clientCa = authorities.load(authoritiesRead);
  if (!source.ok || !clientCa.ok) {
    return { ok: false, problems: [source, clientCa].flatMap((one) => (one.ok ? [] : one.problems)) };
  }
  const inject = (read: FileSettings) => injectSettings(settings, read, version);
  const state: State = {
    certificate: source.value.first,
    clients: createClients(clientCa.value, settings, now),
    inject: inject(firstSettings(fileSettings)),
    settingsProblem: settingsProblem(fileSettings),
    stopping: false,
    cluster: noCluster,
    bundles: undefined,
    certificateWatch: undefined,
  };
  const parts = await assemble(settings, deps, state);
  const { log, metrics, failuresOf } = parts;

  const bound = await bind(parts, settings);
  if (!bound.ok) return bound;
  const unsubscribe = surviveExceptions(deps.process, failuresOf('unknown'));
  log.info('listening', { version, tls: bound.tlsAddress, web: bound.webAddress });
  startWatches(settings, deps, state, parts);
  watchCertificate(source.value, settings, deps, state, parts);
  const context = { poll: settings.reloadInterval, metrics, log, now, failed: failuresOf('reload') };
  const watches = [
    watchSettings(file, fileRead, fileSettings, state, { ...context, inject, changed: parts.readiness }),
    watchClientCa(authorities, authoritiesRead, state, parts.server, context),
  ];

  let ending: Promise<void> | undefined;
  const stop = () => {
    ending ??= end(parts, state, settings).finally(() => {
      for (const watch of watches) watch.stop();
      unsubscribe();
    });
    return ending;
  };
  return { ok: true, value: { tlsAddress: bound.tlsAddress, webAddress: bound.webAddress, stop } };
}

/**
 * From now on an exception that nothing caught does not end the process. Admission keeps no state between two reviews
 * that a bug elsewhere could leave half done, and every pod that is created while the webhook is down misses its
 * sidecar.
 */
function surviveExceptions(process: EventEmitter | undefined, failed: (error: unknown) => void): () => void {
  const names = ['uncaughtException', 'unhandledRejection'] as const;
  for (const name of names) process?.on(name, failed);
  return () => {
    for (const name of names) process?.off(name, failed);
  };
}

/** Makes the servers, the log and the metrics; nothing listens yet. */
async function assemble(settings: WebhookSettings, deps: WebhookDependencies, state: State): Promise<Parts> {
  const { version, now, stdout = process.stdout, clock = () => performance.now() } = deps;
  const { engine = { injectPod, injectService, lintWorkload } } = deps;
  const { log, flush } = createPinoLog({ level: settings.logLevel, now, out: stdout });
  const readiness = createReadiness(state, log);
  const { connections, inflight } = boundMemory(settings, deps.memoryLimit, log);
  let inFlight = () => 0;
  const metrics = createMetrics({
    version,
    inFlight: () => inFlight(),
    ready: () => readiness() === undefined,
    connections,
    watching: {
      clockAhead: () => deps.serverClock?.ahead(),
      caBundleSynced: () => state.bundles && notTrusted(state) === undefined,
      clientExpires: () => state.clients.expires(),
      authorityExpires: () => state.certificateWatch?.authorityExpires(),
      sources: () => state.cluster.sources(),
      missed: () => state.cluster.missed(),
    },
  });
  const failuresOf = createBackgroundFailures({ metrics, log, now });
  const facts = deps.facts ?? ((namespace: string) => state.cluster.facts(namespace));
  const inputs = () => ({ engine, settings: state.inject, facts });
  const { reviewLimit } = settings;
  const notifyOwner: AdmissionContext['notifyOwner'] = (...review) => state.cluster.notifyOwner(...review);
  const server = await createAdmissionServer(
    { ...settings, certificate: state.certificate, clients: state.clients, inflight },
    {
      admit: createAdmission({ inputs, metrics, log, clock, reviewLimit, notifyOwner }),
      refused: createRefusedRequests({ metrics, log, now }),
      failed: (bug) => log.error('internal error', { err: bug }),
      stopping: () => state.stopping,
    },
  );
  connections.watch(server);
  const drain = trackRequests(server);
  inFlight = drain.inFlight;
  watchFailedHandshakes(server, { metrics, log, now, closed: connections.closed });
  const web = createWeb({
    notReady: readiness,
    metrics: metrics.page,
    metricsType: metrics.contentType,
    landing: () =>
      landingText({ settings, ...state, clientCa: state.clients.ca(), sources: state.cluster.sources(), now: now() }),
  });
  connections.watch(web);
  return { log, flush, metrics, failuresOf, readiness, server, drain, web, webDrain: trackRequests(web) };
}

/** Starts the watches of the registration and of the cluster that the settings ask for. */
function startWatches(
  settings: WebhookSettings,
  deps: WebhookDependencies,
  state: State,
  { log, metrics, failuresOf, readiness }: Parts,
): void {
  const { kube, now, random, serverClock, instance = 'metrics-sidecar' } = deps;
  if (kube === undefined) return;
  if (settings.webhookConfiguration !== undefined) {
    state.bundles = watchBundles(settings.webhookConfiguration, {
      ...{ kube, now, random, failed: failuresOf('watch') },
      ...(serverClock !== undefined && { serverNow: serverClock.now }),
    });
    state.bundles.onChange(readiness);
  }
  if (settings.cluster) {
    state.cluster = watchCluster(settings, kube, {
      ...{ metrics, log, now, random, instance, failuresOf, changed: readiness },
    });
  }
}

type Bound = { readonly ok: true; readonly tlsAddress: Address; readonly webAddress: Address } | Invalid;

/** Connections that the kernel holds until they are accepted; beyond it a caller waits a second to try once more. */
const backlog = 4096;

/** Both servers listen, or none. */
async function bind({ server, drain, web, webDrain }: Parts, settings: WebhookSettings): Promise<Bound> {
  const tls = await listen(server, settings.listenAddress, { backlog });
  const plain = await listen(web, settings.webListenAddress, { backlog });
  if (tls.ok && plain.ok) return { ok: true, tlsAddress: tls.value, webAddress: plain.value };
  if (tls.ok) await drain.close(0);
  if (plain.ok) await webDrain.close(0);
  const problems = [
    ...(tls.ok ? [] : [`--listen-address: ${tls.problem}`]),
    ...(plain.ok ? [] : [`--web.listen-address: ${plain.problem}`]),
  ];
  return { ok: false, problems };
}

/**
 * Stops in order. Requests still come while the endpoint is taken out of the Service (kubernetes#127335), so they are
 * answered through the grace period, each with `Connection: close`. The watches stop after that, and waiting Events are
 * written. The plain port closes last, since its page has the last counts.
 */
async function end({ log, flush, drain, webDrain }: Parts, state: State, settings: WebhookSettings): Promise<void> {
  state.stopping = true;
  log.info('stopping', { gracePeriod: settings.shutdownGracePeriod, inFlight: drain.inFlight() });
  await new Promise((resolve) => setTimeout(resolve, settings.shutdownGracePeriod));
  await drain.close(settings.shutdownDrainTimeout);
  state.certificateWatch?.stop();
  state.bundles?.stop();
  await state.cluster.stop();
  await webDrain.close(0);
  log.info('stopped');
  flush();
}
