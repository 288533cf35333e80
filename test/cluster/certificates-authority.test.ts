import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startAuthority } from '../../src/certificates/authority.ts';
import { bundlesProblem, fingerprintsOf } from '../../src/certificates/plan/ca-bundle.ts';
import { type CaBundles, watchBundles } from '../../src/certificates/watch-bundles.ts';
import { createKube } from '../../src/kube/connection/https.ts';
import { type Kube, patchType } from '../../src/kube/kube.ts';
import { logTo } from '../runtime/log-to.ts';
import { failed } from '../thrown.ts';
import { eventually } from './eventually.ts';
import { apply, get, kubectl, must } from './kubectl.ts';

const name = 'certificates-authority';
const namespace = name;
const host = `hook.${namespace}.svc`;
const secret = `${namespace}/certs`;
const secretPath = `/api/v1/namespaces/${namespace}/secrets/certs`;
const day = 24 * 3_600_000;

/** Webhooks that match nothing: no namespace has the label. */
function configuration(kind: string, ...entries: readonly string[]): object {
  const common = {
    clientConfig: { service: { name: 'hook', namespace, path: '/' } },
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Ignore',
    namespaceSelector: { matchLabels: { 'authority.test/no-namespace': 'has-this' } },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
  };
  const webhooks = entries.map((entry) => ({ name: `${entry}.authority.test`, ...common }));
  return { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name }, webhooks };
}

/** As Helm 4 installs and upgrades: server-side apply, under its own name, of objects without caBundle. */
function helm(...objects: readonly object[]) {
  return apply(objects, '--server-side', '--field-manager=helm');
}

const both = () =>
  helm(
    configuration('MutatingWebhookConfiguration', 'pods', 'services'),
    configuration('ValidatingWebhookConfiguration', 'lint'),
  );

/** What the chart allows the webhook, and nothing else. */
const rights = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name, namespace },
    rules: [
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: ['certs'],
        verbs: ['get', 'list', 'watch', 'update', 'create', 'patch'],
      },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name },
    rules: [
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
        resourceNames: [name],
        verbs: ['get', 'list', 'watch', 'patch'],
      },
    ],
  },
  ...['Role', 'ClusterRole'].map((kind) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: `${kind}Binding`,
    metadata: kind === 'Role' ? { name, namespace } : { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  })),
];

async function connectAsServiceAccount(): Promise<Kube> {
  const { out: token } = await must(['create', 'token', name, '-n', namespace]);
  const { out } = await must(['config', 'view', '--raw', '--minify', '--flatten', '-o', 'json']);
  const { cluster } = (JSON.parse(out) as { clusters: { cluster: Record<string, string> }[] }).clusters[0]!;
  const ca = Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64').toString();
  const access = { ok: true as const, headers: { Authorization: `Bearer ${token.trim()}` }, tls: { ca } };
  return createKube({ server: cluster['server']!, access: async () => access });
}

interface Secret {
  metadata: { uid: string };
  type: string;
  data?: Record<string, string>;
}
const text = async (key: string) =>
  Buffer.from((await get<Secret>('secret', 'certs', namespace)).data?.[key] ?? '', 'base64').toString();

describe.skipIf(inject('missing'))('the authority against a real API server', () => {
  const ends: (() => void)[] = [];
  let kube: Kube;
  let members: { bundles: CaBundles; authority: ReturnType<typeof startAuthority>; log: string[] }[] = [];

  /** Each bundle of each entry holds just these. */
  const trusts = (bundles: CaBundles, pem: string) => {
    for (const { entries } of bundles.configurations()) {
      for (const { bundle } of entries) expect(fingerprintsOf(bundle)).toEqual(fingerprintsOf(pem));
    }
  };
  const verified = () => {
    for (const { bundles, authority } of members) expect(bundles.notSynced(authority.pair()?.cert)).toBeUndefined();
  };
  const clean = async () => {
    const cluster = 'mutatingwebhookconfiguration,validatingwebhookconfiguration,clusterrole,clusterrolebinding';
    await must(['delete', cluster, name, '--ignore-not-found']);
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
  };

  beforeAll(async () => {
    await clean();
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    await apply(rights);
    kube = await connectAsServiceAccount();
  });
  afterAll(async () => {
    for (const end of ends) end();
    kube?.close();
    await clean();
  });

  test('a Secret may be made by its name with an apply, not with a POST, and no other Secret with either', async () => {
    const object = (called: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: called, namespace } });
    const create = (called: string) =>
      kube.request({ method: 'POST', path: `/api/v1/namespaces/${namespace}/secrets`, body: object(called) });
    const applied = (called: string) =>
      kube.request({
        method: 'PATCH',
        path: `/api/v1/namespaces/${namespace}/secrets/${called}`,
        query: { fieldManager: 'test' },
        contentType: patchType.apply,
        body: object(called),
      });
    const forbidden = { ok: false, problem: { code: 'forbidden' } };
    await eventually(async () =>
      expect(await kube.request({ method: 'GET', path: secretPath })).not.toMatchObject(forbidden),
    );
    expect(await create('certs')).toMatchObject(forbidden);
    expect(await applied('others')).toMatchObject(forbidden);
    expect(await applied('certs')).toMatchObject({ ok: true, value: { type: 'Opaque' } });
    await must(['delete', 'secret', 'certs', '-n', namespace]);
  });

  test('three replicas start at once on the empty Secret of a chart and end with one authority', async () => {
    await helm({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'certs', namespace }, type: 'Opaque' });
    await both();
    members = [1, 2, 3].map(() => {
      const deps = { kube, now: Date.now, random: Math.random, failed };
      const bundles = watchBundles(name, deps);
      const log: string[] = [];
      const authority = startAuthority(
        { secret, names: [host], validity: 90 * day, authorityValidity: 3650 * day, overlap: 5000 },
        {
          ...deps,
          bundles,
          log: logTo((level, message, fields) => log.push(`${level} ${message} ${JSON.stringify(fields)}`)),
        },
      );
      ends.push(authority.stop, bundles.stop);
      return { bundles, authority, log };
    });
    await eventually(async () => verified());
    const ca = await text('ca.crt');
    const [, , third] = members;
    trusts(third!.bundles, ca);
    expect(new Set(members.map(({ authority }) => authority.pair()?.cert))).toEqual(new Set([await text('tls.crt')]));
    expect(members.flatMap(({ log }) => log).filter((line) => line.includes('issued an authority'))).toHaveLength(1);
    expect(members.flatMap(({ log }) => log).filter((line) => !line.startsWith('info'))).toEqual([]);
  });

  test('an upgrade with Helm 4 leaves caBundle and the Secret alone, and may add and drop entries', async () => {
    const [one] = members;
    const ca = await text('ca.crt');
    await helm({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'certs', namespace }, type: 'Opaque' });
    expect(await text('ca.crt')).toBe(ca);
    await both();
    const generation = async () =>
      (await must(['get', 'mutatingwebhookconfiguration', name, '-o', 'jsonpath={.metadata.generation}'])).out;
    const before = await generation();
    await both();
    expect(await generation()).toBe(before);
    await helm(configuration('MutatingWebhookConfiguration', 'pods'));
    await helm(configuration('MutatingWebhookConfiguration', 'pods', 'namespaces'));
    await eventually(async () => {
      const [mutating] = one!.bundles.configurations();
      expect(mutating!.entries.map((entry) => entry.name)).toEqual([
        'pods.authority.test',
        'namespaces.authority.test',
      ]);
      verified();
    });
    trusts(one!.bundles, ca);
  });

  test('to own caBundle by server-side apply would get that upgrade refused', async () => {
    const webhooks = ['pods', 'namespaces'].map((entry) => ({
      name: `${entry}.authority.test`,
      clientConfig: { caBundle: Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64') },
    }));
    const owned = {
      ...configuration('MutatingWebhookConfiguration', 'pods', 'namespaces'),
      metadata: { name: `${name}-owned` },
    };
    try {
      await helm(owned);
      await apply([{ ...owned, webhooks }], '--server-side', '--field-manager=other', '--validate=false');
      const dropped = { ...configuration('MutatingWebhookConfiguration', 'pods'), metadata: { name: `${name}-owned` } };
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [dropped] });
      const upgrade = await kubectl(['apply', '--server-side', '--field-manager=helm', '-f', '-'], list);
      expect(upgrade.code).not.toBe(0);
      expect(upgrade.err).toContain('webhooks[1].clientConfig: Required value');
    } finally {
      await must(['delete', 'mutatingwebhookconfiguration', `${name}-owned`, '--ignore-not-found']);
    }
  });

  test('the annotation brings another authority; at no change is a replica without a caBundle that verifies it', async () => {
    const ca = await text('ca.crt');
    const problems = new Set<string>();
    const remark = () => {
      for (const { bundles, authority } of members) {
        const problem = bundlesProblem(bundles.configurations(), authority.pair()?.cert, Date.now());
        if (problem !== undefined) problems.add(problem);
      }
    };
    const quiet = members.flatMap(({ bundles, authority }) => [bundles.onChange(remark), authority.onPair(remark)]);
    await must(['annotate', 'secret', 'certs', '-n', namespace, 'metrics-sidecar.io/rotate=now']);
    await eventually(async () => expect(await text('ca.crt')).not.toBe(ca));
    const next = await text('ca.crt');
    await eventually(async () => trusts(members[0]!.bundles, next));
    for (const end of quiet) end();
    expect([...problems]).toEqual([]);
    expect(
      (await must(['get', 'secret', 'certs', '-n', namespace, '-o', 'jsonpath={.metadata.annotations}'])).out,
    ).toBe('');
  });

  test('a Secret that was deleted comes back as it was, with another authority on its way', async () => {
    const [cert, uid] = [await text('tls.crt'), (await get<Secret>('secret', 'certs', namespace)).metadata.uid];
    await must(['delete', 'secret', 'certs', '-n', namespace]);
    await eventually(async () => {
      expect((await get<Secret>('secret', 'certs', namespace)).metadata.uid).not.toBe(uid);
      expect(await text('tls.crt')).toBe(cert);
      expect(await text('next-ca.crt')).not.toBe('');
    });
    verified();
  });

  test('a Secret that is deleted after the configurations stays away', async () => {
    await must(['delete', 'mutatingwebhookconfiguration,validatingwebhookconfiguration', name]);
    await must(['delete', 'secret', 'certs', '-n', namespace]);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect((await kubectl(['get', 'secret', 'certs', '-n', namespace])).err).toContain('NotFound');
  });
});
