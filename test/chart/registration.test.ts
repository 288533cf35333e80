import { describe, expect, test } from 'vitest';
import { missing, objects, of, type Tree, templateWith } from './helm.ts';

/** The mutating entries that these values render: name, policy, and whether required pods are told from others. */
async function entries(values: object): Promise<string[]> {
  const { webhooks } = of(await objects(templateWith(values)), 'MutatingWebhookConfiguration');
  return webhooks!.map(({ name, failurePolicy, matchConditions }) => {
    const condition = (matchConditions as Tree[]).find((one) => /required/.test(one.name as string));
    return [(name as string).split('.', 1)[0], failurePolicy, condition?.name].filter(Boolean).join(' ');
  });
}

const expression = async (values: object): Promise<string | undefined> => {
  const { webhooks } = of(await objects(templateWith(values)), 'MutatingWebhookConfiguration');
  const entry = webhooks!.find(({ name }) => name === 'required-pods.metrics-sidecar.io');
  return (entry?.matchConditions as Tree[] | undefined)?.find(({ name }) => name === 'is-required')
    ?.expression as string;
};

const apart = [
  'pods Ignore is-not-required',
  'namespaces Ignore is-not-required',
  'required-pods Fail is-required',
  'required-namespaces Fail is-required',
  'services Ignore',
];
const together = (policy: string) => [`pods ${policy}`, `namespaces ${policy}`, `services ${policy}`];

describe.skipIf(missing).concurrent('the name of the registration', () => {
  const nameOf = async (values: object) => {
    const all = await objects(templateWith(values));
    const names = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'].map((kind) => of(all, kind));
    expect(names[1]!.metadata.name).toBe(names[0]!.metadata.name);
    return names[0]!.metadata.name;
  };

  test('stands before the injectors that read what we write, and behind the engines that write what we read', async () => {
    const before = ['admission-webhook-mutating-webhook-configuration', 'gatekeeper-mutating-webhook-configuration'];
    const behind = [
      ...['istio-revision-tag-default', 'istio-sidecar-injector', 'istio-sidecar-injector-1-27'],
      ...['kuma-admission-mutating-webhook-configuration', 'linkerd-proxy-injector-webhook-config'],
    ];
    const name = await nameOf({});
    expect([...behind, name, ...before].sort()).toEqual([...before, name, ...behind]);
  });

  test('follows the other names of the release, or is given', async () => {
    expect(await nameOf({ fullnameOverride: 'shop' })).toBe('inject-shop');
    expect(await nameOf({ webhook: { registrationName: 'zz-last' } })).toBe('zz-last');
  });
});

describe.skipIf(missing).concurrent('required pods', () => {
  test('have entries of their own where the policies differ', async () => {
    expect(await entries({})).toEqual(apart);
    expect(await entries({ webhook: { failurePolicy: 'Fail' } })).toEqual(together('Fail'));
    expect(await entries({ webhook: { requiredFailurePolicy: 'Ignore' } })).toEqual(together('Ignore'));
    const both = { failurePolicy: 'Fail', requiredFailurePolicy: 'Ignore' };
    expect(await entries({ webhook: both })).toEqual(together('Fail'));
  });

  test('are those of the annotation, or of the default where it says nothing else', async () => {
    const sets = (required: unknown) => ({ sidecars: { defaults: { required } } });
    expect(await expression({})).toContain("== 'true'");
    expect(await expression(sets(false))).toContain("== 'true'");
    expect(await expression(sets('true'))).toMatch(/^!\(.* == 'false'\)$/);
    expect(await expression(sets(true))).toBe(await expression(sets('true')));
  });

  test.each([
    [{ locked: ['metrics-sidecar.io/required'] }, false],
    [{ locked: ['metrics-sidecar.io/*'] }, false],
    [{ allowed: ['statsd.metrics-sidecar.io/*'] }, false],
    [{ allowed: ['metrics-sidecar.io/*'], locked: ['metrics-sidecar.io/required'] }, false],
    [{ allowed: ['metrics-sidecar.io/required'] }, true],
    [{ allowed: ['metrics-sidecar.io/*'] }, true],
    [{ locked: ['haproxy.metrics-sidecar.io/*'] }, true],
  ])('%j: the annotation counts: %s', async (annotations, counts) => {
    expect(await entries({ sidecars: { annotations } })).toEqual(counts ? apart : together('Ignore'));
    // The default is the administrator's own word.
    const always = await expression({ sidecars: { annotations, defaults: { required: 'true' } } });
    expect(always === 'true').toBe(!counts);
  });
});
