import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  applyAsHelm,
  certificates,
  installChart,
  metric,
  name,
  namespace,
  page,
  registration,
  scale,
  webhookPods,
} from '../chart.ts';
import { eventually } from '../eventually.ts';
import { get, type KubernetesObject, must } from '../kubectl.ts';
import { startLoad } from '../load.ts';

/** Short enough for a test, long enough that the API server has heard of a caBundle before anything depends on it. */
const overlap = 10;

interface Secret {
  metadata: { uid: string };
  data?: Record<string, string>;
}
interface Role extends KubernetesObject {
  rules: { resources: string[]; verbs: string[] }[];
}
interface Configuration {
  webhooks: { name: string; clientConfig: { caBundle?: string } }[];
}

const secret = () => get<Secret>('secret', certificates, namespace);
const pem = (base64: string | undefined) => Buffer.from(base64 ?? '', 'base64').toString();
/** The serial numbers of the certificates in a PEM text. */
const serials = (text: string) =>
  [...text.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(
    ([one]) => new X509Certificate(one).serialNumber,
  );
const authority = async () => serials(pem((await secret()).data?.['ca.crt']));

/** The authorities in the caBundle of each entry of both configurations. */
async function bundles(): Promise<string[][]> {
  const found = await Promise.all(
    ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'].map((kind) =>
      get<Configuration>(kind, registration, namespace),
    ),
  );
  return found.flatMap(({ webhooks }) => webhooks.map(({ clientConfig }) => serials(pem(clientConfig.caBundle))));
}

/** Whether every entry trusts exactly these authorities. */
async function trusted(expected: readonly string[]): Promise<void> {
  for (const bundle of await bundles()) expect(bundle.toSorted()).toEqual(expected.toSorted());
}

describe.skipIf(inject('missing'))('certificates of the webhook itself', () => {
  beforeAll(() => installChart(`certificates.auto.overlap=${overlap}s`));
  afterAll(() => installChart());

  test('three replicas start at once on an empty Secret and end with one authority', async () => {
    await scale(0);
    const data = Object.keys((await secret()).data ?? {});
    expect(data).not.toEqual([]);
    await must([
      'patch',
      'secret',
      certificates,
      '-n',
      namespace,
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/data"}]',
    ]);
    await scale(3);
    const [serial, ...others] = await authority();
    expect(others).toEqual([]);
    await eventually(() => trusted([serial!]));
    const replicas = await webhookPods();
    expect(replicas).toHaveLength(3);
    const expiries = await Promise.all(replicas.map((pod) => metric(pod, 'certificate_expiry_timestamp_seconds')));
    expect(new Set(expiries).size).toBe(1);
    const issued = await Promise.all(replicas.map((pod) => metric(pod, 'rotations_total{what="authority"}')));
    expect(issued.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(1);
    expect(await Promise.all(replicas.map((pod) => metric(pod, 'ca_bundle_synced')))).toEqual([1, 1, 1]);
  });

  test('a forced rotation under 100 admissions a second, a minute long: none fails, none is missed', async () => {
    const [before] = await authority();
    const load = await startLoad({ namespace: 'default', perSecond: 100 });
    await load.more(100);
    await must(['annotate', 'secret', certificates, '-n', namespace, 'metrics-sidecar.io/rotate=now']);
    await eventually(async () => expect((await authority())[0]).not.toBe(before), 60);
    const [after] = await authority();
    await eventually(() => trusted([after!]), 60);
    while (load.done() < 6000) await load.more(100);
    const report = await load.stop();
    expect(report).toMatchObject({ failed: 0, failures: [] });
    console.log(`rotation: ${report.asked} pods asked for, all injected, while ${before} gave way to ${after}`);
  });

  test('a replica that caBundle does not verify is not ready, and is again when it does', async () => {
    const [serial] = await authority();
    // What would mend it within the second is taken away: the right to write caBundle.
    const role = await get<Role>('clusterrole', name, namespace);
    const withoutPatch = role.rules.map((rule) =>
      rule.resources.some((resource) => resource.endsWith('webhookconfigurations'))
        ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== 'patch') }
        : rule,
    );
    await applyAsHelm({ ...role, rules: withoutPatch });
    try {
      await must([
        ...['patch', 'validatingwebhookconfiguration', registration, '--type=json', '-p'],
        JSON.stringify([{ op: 'remove', path: '/webhooks/0/clientConfig/caBundle' }]),
      ]);
      const [pod] = await webhookPods();
      await eventually(async () => {
        expect(await metric(pod!, 'ca_bundle_synced')).toBe(0);
        await expect(page(pod!, '/readyz')).rejects.toThrow('ServiceUnavailable');
      });
      const { out: log } = await must(['logs', pod!, '-n', namespace, '--tail=50']);
      expect(log).toMatch(/"reason":"ValidatingWebhookConfiguration.*caBundle.*"message":"not ready"/);
    } finally {
      await applyAsHelm(role);
    }
    await eventually(() => trusted([serial!]), 120);
    await eventually(async () => {
      for (const pod of await webhookPods()) expect(await page(pod, '/readyz')).toBe('ok\n');
    });
  });

  test('the Secret is deleted by hand: it comes back, and no pod is missed meanwhile', async () => {
    const old = await secret();
    const load = await startLoad({ namespace: 'default', perSecond: 50 });
    await must(['delete', 'secret', certificates, '-n', namespace]);
    await eventually(async () => {
      const now = await secret();
      expect(now.metadata.uid).not.toBe(old.metadata.uid);
      expect(Object.keys(now.data ?? {})).toEqual(expect.arrayContaining(['tls.crt', 'tls.key', 'ca.crt', 'ca.key']));
    });
    await eventually(async () => trusted(await authority()), 60);
    await load.more(250);
    expect(await load.stop()).toMatchObject({ failed: 0, failures: [] });
  });
});
