import { X509Certificate } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { type Authority, startAuthority } from '../../src/certificates/authority.ts';
import type { AuthoritySettings } from '../../src/certificates/plan/certificate-state.ts';
import { type CaBundles, watchBundles } from '../../src/certificates/watch-bundles.ts';
import type { KubeObject } from '../../src/kube/kube.ts';
import { type FakeApiServer, startApiServer } from '../kube/api-server.ts';
import { logTo } from '../runtime/log-to.ts';
import { failed } from '../thrown.ts';

const day = 24 * 3_600_000;
export const host = 'hook.test.svc';
export const secretPath = '/api/v1/namespaces/test/secrets/certs';
const api = '/apis/admissionregistration.k8s.io/v1';
export const mutatingPath = `${api}/mutatingwebhookconfigurations/hook`;
export const validatingPath = `${api}/validatingwebhookconfigurations/hook`;

/** An API server with the two configurations that a chart makes: no caBundle in them. */
export async function cluster(): Promise<FakeApiServer> {
  const server = await startApiServer();
  onTestFinished(() => server.stop());
  return server;
}

export function configure(server: FakeApiServer): void {
  const entry = (name: string) => ({ name, clientConfig: { service: { name: 'hook', namespace: 'test' } } });
  server.put(mutatingPath, { webhooks: [entry('pods.example'), entry('services.example')] });
  server.put(validatingPath, { webhooks: [entry('lint.example')] });
}

export function emptySecret(server: FakeApiServer): KubeObject {
  return server.put(secretPath, { type: 'Opaque' });
}

export interface Member {
  readonly authority: Authority;
  readonly bundles: CaBundles;
  readonly log: readonly string[];
  readonly rotations: readonly string[];
  /** Why its pair is not verified by the live caBundles. */
  readonly notSynced: () => string | undefined;
  /** Resolves once `holds` gives true; it is asked at every change that the member can see. */
  readonly until: (holds: () => boolean) => Promise<void>;
}

/** One replica, on a connection of its own. */
export function member(server: FakeApiServer, settings: Partial<AuthoritySettings> = {}): Member {
  const kube = server.kube();
  const deps = { kube, now: Date.now, random: Math.random, failed };
  const bundles = watchBundles('hook', deps);
  const log: string[] = [];
  const waiting = new Set<() => void>();
  const ask = () => {
    for (const one of [...waiting]) one();
  };
  const authority = startAuthority(
    {
      secret: 'test/certs',
      names: [host],
      validity: 90 * day,
      authorityValidity: 360 * day,
      overlap: 600,
      ...settings,
    },
    {
      ...deps,
      bundles,
      log: logTo((level, message, fields) => {
        log.push(`${level} ${message}: ${JSON.stringify(fields)}`);
        setImmediate(ask);
      }),
    },
  );
  const rotations: string[] = [];
  authority.onRotation((what) => rotations.push(what));
  authority.onPair(() => setImmediate(ask));
  bundles.onChange(ask);
  onTestFinished(() => {
    authority.stop();
    bundles.stop();
  });
  return {
    authority,
    bundles,
    log,
    rotations,
    notSynced: () => bundles.notSynced(authority.pair()?.cert),
    until: (holds) =>
      new Promise((resolve) => {
        const one = () => {
          if (!holds()) return;
          waiting.delete(one);
          resolve();
        };
        waiting.add(one);
        one();
      }),
  };
}

/** A key of the Secret, decoded. */
export function stored(server: FakeApiServer, key: string): string {
  const data = server.get(secretPath)?.['data'] as Record<string, string> | undefined;
  return Buffer.from(data?.[key] ?? '', 'base64').toString();
}

/** What each caBundle holds, as subjects of the certificates. */
export function authoritiesIn(server: FakeApiServer): readonly (readonly string[])[] {
  return [mutatingPath, validatingPath].flatMap((path) => {
    const webhooks = (server.get(path)?.['webhooks'] ?? []) as readonly { clientConfig: { caBundle?: string } }[];
    return webhooks.map(({ clientConfig }) => {
      const pem = Buffer.from(clientConfig.caBundle ?? '', 'base64').toString();
      return pem.split(/(?<=-----END CERTIFICATE-----)\n/).flatMap((one) => (one === '' ? [] : subjectOf(one)));
    });
  });
}

export function subjectOf(pem: string): string {
  const { subject, serialNumber } = new X509Certificate(pem);
  return `${subject} ${serialNumber}`;
}
