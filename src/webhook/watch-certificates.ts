import type { Server } from 'node:https';
import type { WebhookSettings } from '../contract/webhook.ts';
import type { FilesRead } from '../files/watch-file.ts';
import type { FileWatch } from '../files/watch-snapshots.ts';
import type { CertificateSource } from './certificate-source.ts';
import type { Parts, State, WebhookDependencies } from './parts.ts';
import { type ReloadContext, reloadOnChange, type Source } from './reload/reload-on-change.ts';
import type { ClientCa } from './tls/client-ca.ts';
import { secureContext } from './tls/secure-context.ts';
import type { ServingCertificate } from './tls/serving-certificate.ts';

/** Serves the first certificate of a source, then each later one. */
export function watchCertificate(
  source: CertificateSource,
  settings: WebhookSettings,
  { kube, now, random, serverClock }: WebhookDependencies,
  state: State,
  { log, metrics, failuresOf, readiness, server }: Parts,
): void {
  const use = (next: ServingCertificate) => {
    state.certificate = next;
    metrics.certificateExpires(next.expires / 1000);
    for (const remark of next.remarks) log.warn(remark, { subjectAltName: next.subjectAltName });
    readiness();
  };
  if (state.certificate !== undefined) {
    use(state.certificate);
    metrics.loaded('certificate', now() / 1000);
  }
  state.certificateWatch = source.watch(
    (next) => {
      server.setSecureContext(secureContext({ certificate: next, clientCa: state.clients.ca() }));
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
      failuresOf,
      failed: failuresOf('reload'),
      serverClock,
    },
  );
}

/** Verifies callers by the authorities of `--client-ca-file`, whenever that file changes. */
export function watchClientCa(
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
    server.setSecureContext(secureContext({ certificate: state.certificate, clientCa }));
  };
  return reloadOnChange(source, read, use, context);
}
