import type { Server } from 'node:https';
import type { WebhookSettings } from '../contract/webhook.ts';
import type { FileWatch } from '../files/watch.ts';
import type { FilesRead } from '../files/watch-file.ts';
import type { PairSource } from './certificate-source.ts';
import type { Parts, State, WebhookDependencies } from './parts.ts';
import { type ReloadContext, reloadOnChange, type Source } from './reload/reload-on-change.ts';
import type { ClientCa } from './tls/client-ca.ts';
import { secureContext } from './tls/secure-context.ts';
import type { ServingPair } from './tls/serving-certificate.ts';

/** Serves each pair as it comes. */
export function followPairs(
  source: PairSource,
  settings: WebhookSettings,
  { kube, now, random, serverClock }: WebhookDependencies,
  state: State,
  { log, metrics, background, readiness, server }: Parts,
): void {
  const use = (next: ServingPair) => {
    state.pair = next;
    metrics.certificateExpires(next.expires / 1000);
    for (const remark of next.remarks) log.warn(remark, { subjectAltName: next.subjectAltName });
    readiness();
  };
  if (state.pair !== undefined) {
    use(state.pair);
    metrics.loaded('certificate', now() / 1000);
  }
  state.pairs = source.follow(
    (next) => {
      server.setSecureContext(secureContext({ pair: next, clientCa: state.clients.ca() }));
      use(next);
    },
    {
      settings,
      kube,
      bundles: state.bundles,
      poll: settings.reloadInterval,
      metrics,
      log,
      now,
      random,
      background,
      failed: background('reload'),
      serverClock,
    },
  );
}

/** Verifies callers by what `--client-ca-file` holds from now on. */
export function followClientCa(
  source: Source<ClientCa | undefined>,
  read: FilesRead,
  state: State,
  server: Server,
  context: ReloadContext,
): FileWatch {
  const { clients } = state;
  if (clients.ca() !== undefined) context.metrics.loaded('client_ca', context.now() / 1000);
  const use = (clientCa: ClientCa | undefined) => {
    clients.use(clientCa);
    server.setSecureContext(secureContext({ pair: state.pair, clientCa }));
  };
  return reloadOnChange(source, read, use, context);
}
