import { expect, test } from 'vitest';
import { issueAuthority, issueServing } from '../../../src/certificates/issue/issue.ts';
import { fingerprint } from '../../../src/certificates/pem/pem.ts';
import {
  bundlesProblem,
  type Configuration,
  fingerprintsOf,
  nextBundle,
} from '../../../src/certificates/plan/ca-bundle.ts';
import { readConfiguration } from '../../../src/certificates/store/configuration.ts';

const from = new Date(Date.UTC(2026, 0, 1));
const now = from.getTime() + 3_600_000;
const [one, two, short] = await Promise.all([
  issueAuthority('one', { from, days: 100 }),
  issueAuthority('two', { from, days: 100 }),
  issueAuthority('short', { from, days: 1 }),
]);
const leaf = await issueServing(one, ['a.b.svc', 'example.test'], { from, days: 10 });
const prints = (...pems: string[]) => new Set(pems.map(fingerprint));

test('a caBundle gets what is wanted, and keeps what is valid for as long as it may', () => {
  expect(fingerprintsOf(nextBundle('', [one.cert], true, now)!)).toEqual(prints(one.cert));
  expect(nextBundle(two.cert, [one.cert], true, now)).toBe(one.cert + two.cert);
  expect(nextBundle(two.cert, [one.cert], false, now)).toBe(one.cert);
  expect(nextBundle(short.cert + two.cert, [one.cert], true, now + 86_400_000)).toBe(one.cert + two.cert);
});

test('a caBundle that holds what it has to is left alone, in whatever order and form', () => {
  expect(nextBundle(two.cert + one.cert, [one.cert, two.cert], false, now)).toBeUndefined();
  expect(nextBundle(`# old\n${two.cert}${one.cert}`, [one.cert], true, now)).toBeUndefined();
  expect(nextBundle('', [], false, now)).toBeUndefined();
});

const object = {
  metadata: {
    name: 'hook',
    resourceVersion: '7',
    generation: 3,
    managedFields: [
      { manager: 'helm', fieldsV1: { 'f:webhooks': { 'f:rules': {} } } },
      { manager: 'cainjector', fieldsV1: { 'f:webhooks': { 'f:clientConfig': { 'f:caBundle': {} } } } },
      {
        manager: 'metrics-sidecar-certificates',
        fieldsV1: { 'f:webhooks': { 'f:clientConfig': { 'f:caBundle': {} } } },
      },
    ],
  },
  webhooks: [
    {
      name: 'service',
      clientConfig: { service: { name: 'a', namespace: 'b' }, caBundle: Buffer.from(one.cert).toString('base64') },
    },
    { name: 'url', clientConfig: { url: 'https://example.test:8443/mutate?x=1' } },
    { name: 'address', clientConfig: { url: 'https://[::1]/mutate' } },
  ],
};

test('of a configuration: the name each entry is called by, its caBundle, and who else wrote one', () => {
  expect(readConfiguration('MutatingWebhookConfiguration', object)).toEqual({
    kind: 'MutatingWebhookConfiguration',
    name: 'hook',
    resourceVersion: '7',
    generation: 3,
    writers: ['cainjector'],
    entries: [
      { name: 'service', host: 'a.b.svc', bundle: one.cert },
      { name: 'url', host: 'example.test', bundle: '' },
      { name: 'address', host: '::1', bundle: '' },
    ],
    release: { labels: {}, annotations: {} },
  });
});

test('what is served is verified only if every entry does, under its own name', () => {
  const entry = (name: string, host: string, bundle: string) => ({ name, host, bundle });
  const configuration = (...entries: Configuration['entries']): Configuration => ({
    ...{ kind: 'ValidatingWebhookConfiguration', name: 'hook', resourceVersion: '1', generation: 1, writers: [] },
    entries,
  });
  const good = [entry('x', 'a.b.svc', one.cert), entry('y', 'example.test', two.cert + one.cert)];
  expect(bundlesProblem([configuration(...good)], leaf.cert, now)).toBeUndefined();
  expect(bundlesProblem([], leaf.cert, now)).toBe('there is no webhook configuration');
  expect(bundlesProblem([configuration(...good)], undefined, now)).toBe(
    'ValidatingWebhookConfiguration/hook/x: there is no serving certificate',
  );
  expect(bundlesProblem([configuration(...good, entry('z', 'a.b.svc', ''))], leaf.cert, now)).toBe(
    'ValidatingWebhookConfiguration/hook/z: caBundle holds no certificate',
  );
  expect(bundlesProblem([configuration(...good), configuration(entry('z', 'c.b.svc', one.cert))], leaf.cert, now)).toBe(
    'ValidatingWebhookConfiguration/hook/z: the serving certificate is for a.b.svc, example.test, not for c.b.svc',
  );
});
