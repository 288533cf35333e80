import { describe, expect, test } from 'vitest';
import { allowed } from './allowed.ts';
import { type KubernetesObject, missing, objects, of, type Tree, template, templateWith, valuesOf } from './helm.ts';

const named = (kind: string) => (all: readonly KubernetesObject[]) => all.filter((object) => object.kind === kind);
const configurations = (all: readonly KubernetesObject[]) =>
  all.filter(({ kind }) => /^(Mutating|Validating)WebhookConfiguration$/.test(kind));
const bundles = (all: readonly KubernetesObject[]) =>
  configurations(all).flatMap(({ webhooks }) => webhooks!.map(({ clientConfig }) => clientConfig as Tree));
const podOf = (all: readonly KubernetesObject[]) => of(all, 'Deployment').spec!.template.spec as Tree;

const registered = ['mutating', 'validating'].map(
  (kind) => `admissionregistration.k8s.io/${kind}webhookconfigurations inject-metrics-sidecar`,
);
const watched = ['nodes', 'namespaces', 'limitranges', 'resourcequotas'].flatMap((resource) => [
  `list /${resource}`,
  `watch /${resource}`,
]);
const told = [
  'list /pods',
  'create /events',
  'patch /events',
  'get apps/replicasets',
  'get apps/statefulsets',
  'get apps/daemonsets',
  'get batch/jobs',
];
const reading = (resource: string) => ['get', 'list', 'watch'].map((verb) => `${verb} ${resource}`);

describe.skipIf(missing).concurrent('certificates', () => {
  test('auto: an empty Secret, no caBundle, and the right to fill both', async () => {
    const all = await objects(template());
    const [secret, ...more] = named('Secret')(all);
    expect(more).toEqual([]);
    expect(Object.keys(secret!).sort()).toEqual(['apiVersion', 'kind', 'metadata', 'type']);
    expect(bundles(all).filter((config) => 'caBundle' in config)).toEqual([]);
    expect(podOf(all)).toMatchObject({ automountServiceAccountToken: true });
    expect(allowed(all)).toEqual(
      [
        ...registered.flatMap((resource) => [...reading(resource), `patch ${resource}`]),
        ...['create', 'get', 'list', 'patch', 'update', 'watch'].map(
          (verb) => `${verb} /secrets metrics-sidecar-certs`,
        ),
        ...watched,
        ...told,
      ].sort(),
    );
  });

  test('certManager: an authority that outlives the certificates, no caBundle', async () => {
    const all = await objects(template('--values', valuesOf('cert-manager')));
    expect(named('Secret')(all)).toEqual([]);
    expect(bundles(all).filter((config) => 'caBundle' in config)).toEqual([]);
    const serving = of(all, 'Certificate', 'metrics-sidecar');
    for (const { metadata } of configurations(all)) {
      expect(metadata.annotations).toMatchObject({
        'cert-manager.io/inject-ca-from': `${serving.metadata.namespace}/${serving.metadata.name}`,
      });
    }
    expect(serving.spec).toMatchObject({
      secretName: 'metrics-sidecar-tls',
      dnsNames: ['metrics-sidecar.metrics.svc'],
      issuerRef: { kind: 'Issuer', name: 'metrics-sidecar-authority' },
    });
    const authority = of(all, 'Certificate', 'metrics-sidecar-authority').spec!;
    expect(authority).toMatchObject({ isCA: true, issuerRef: { name: 'metrics-sidecar-self-signed' } });
    expect(of(all, 'Issuer', 'metrics-sidecar-authority').spec).toEqual({ ca: { secretName: authority.secretName } });
    expect(podOf(all).volumes).toContainEqual({ name: 'certs', secret: { secretName: 'metrics-sidecar-tls' } });
    expect(allowed(all)).toEqual([...registered.flatMap(reading), ...watched, ...told].sort());
  });

  test('certManager with an issuer: no authority of our own', async () => {
    const issuerRef = { name: 'company', kind: 'ClusterIssuer', group: 'cert-manager.io' };
    const all = await objects(templateWith({ certificates: { mode: 'certManager', certManager: { issuerRef } } }));
    expect(named('Issuer')(all)).toEqual([]);
    expect(of(all, 'Certificate').spec).toMatchObject({ issuerRef });
  });

  test('existingSecret: its keys are mounted as the files that the webhook reads', async () => {
    const all = await objects(template('--values', valuesOf('existing-secret')));
    expect(bundles(all).filter((config) => 'caBundle' in config)).toEqual([]);
    for (const { metadata } of configurations(all)) {
      expect(metadata.annotations).toMatchObject({
        'cert-manager.io/inject-ca-from-secret': 'metrics-sidecar/webhook-certificate',
      });
    }
    const certs = (podOf(all).volumes as Tree[]).find(({ name }) => name === 'certs')!;
    expect(certs.secret).toEqual({
      secretName: 'webhook-certificate',
      items: [
        { key: 'chain.pem', path: 'tls.crt' },
        { key: 'key.pem', path: 'tls.key' },
      ],
    });
  });

  test('existingSecret with caBundle: PEM, or base64 of it, stands in every entry', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';
    const base64 = Buffer.from(pem).toString('base64');
    for (const caBundle of [pem, base64]) {
      const certificates = { mode: 'existingSecret', existingSecret: { name: 'a' }, caBundle };
      const all = await objects(templateWith({ certificates }));
      expect(bundles(all)).toHaveLength(6);
      expect(bundles(all).every((config) => config.caBundle === base64)).toBe(true);
    }
  });

  test('a webhook that asks nothing of the API server has neither token nor roles nor a way there', async () => {
    const certificates = { mode: 'existingSecret', existingSecret: { name: 'a' }, caInjectionAnnotations: { a: 'b' } };
    const all = await objects(templateWith({ certificates, cluster: { enabled: false } }));
    expect(allowed(all)).toEqual([]);
    expect(podOf(all)).toMatchObject({ automountServiceAccountToken: false });
    expect(of(all, 'NetworkPolicy').spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'], egress: [] });
    expect(named('ServiceAccount')(all).every((account) => 'automountServiceAccountToken' in account)).toBe(true);
    // It does not know the labels of namespaces, so it is not asked about their pods.
    const entries = of(all, 'MutatingWebhookConfiguration').webhooks!.map(({ name }) => name as string);
    expect(entries).toEqual([
      'pods.metrics-sidecar.io',
      'required-pods.metrics-sidecar.io',
      'services.metrics-sidecar.io',
    ]);
  });

  test('rights go with what they are for', async () => {
    const without = async (cluster: object) => allowed(await objects(templateWith({ cluster })));
    const all = await without({});
    const missing = (less: readonly string[]) => all.filter((right) => !less.includes(right));
    expect(missing(await without({ events: false }))).toEqual(told.filter((right) => right !== 'list /pods').sort());
    expect(missing(await without({ missedInterval: '0s' }))).toEqual([]);
    expect(missing(await without({ events: false, missedInterval: '0s' }))).toEqual([...told].sort());
    expect(missing(await without({ enabled: false }))).toEqual([...told, ...watched].sort());
  });

  test('Events are a side effect, and never on a dry run', async () => {
    const effects = async (cluster: object) =>
      configurations(await objects(templateWith({ cluster }))).flatMap(({ webhooks }) =>
        webhooks!.map(({ name, sideEffects }) => `${name} ${sideEffects}`),
      );
    expect(await effects({})).toEqual([
      'pods.metrics-sidecar.io NoneOnDryRun',
      'namespaces.metrics-sidecar.io NoneOnDryRun',
      'required-pods.metrics-sidecar.io NoneOnDryRun',
      'required-namespaces.metrics-sidecar.io NoneOnDryRun',
      'services.metrics-sidecar.io NoneOnDryRun',
      'workloads.metrics-sidecar.io None',
    ]);
    expect((await effects({ events: false })).every((text) => text.endsWith(' None'))).toBe(true);
  });
});
