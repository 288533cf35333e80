import { expect, test } from 'vitest';
import { chainProblem } from '../../src/certificates/pem/verify.ts';
import {
  authoritiesIn,
  cluster,
  configure,
  emptySecret,
  host,
  member,
  mutatingPath,
  secretPath,
  stored,
  subjectOf,
} from './cluster.ts';

test('three replicas start on an empty Secret: one authority, in every caBundle, and all serve what it signed', async () => {
  const server = await cluster();
  emptySecret(server);
  configure(server);
  const members = [member(server), member(server), member(server)];
  await Promise.all(members.map((one) => one.until(() => one.notSynced() === undefined)));
  const pair = { cert: stored(server, 'tls.crt'), key: stored(server, 'tls.key') };
  const ca = stored(server, 'ca.crt');
  for (const { authority } of members) expect(authority.pair()).toEqual(pair);
  expect(chainProblem(pair.cert, ca, [host], Date.now())).toBeUndefined();
  expect(authoritiesIn(server)).toEqual([[subjectOf(ca)], [subjectOf(ca)], [subjectOf(ca)]]);
  expect(members.flatMap(({ rotations }) => rotations).sort()).toEqual(['authority', 'certificate']);
  expect(members[0]!.authority.authorityExpires()).toBeGreaterThan(Date.now() + 359 * 24 * 3_600_000);
  expect(members.map(({ authority }) => authority.problem())).toEqual([undefined, undefined, undefined]);
});

test('where there is no configuration the Secret is filled but never made', async () => {
  const server = await cluster();
  const one = member(server);
  await server.called({ path: /validating/, watch: true });
  configure(server);
  await one.until(() => one.notSynced() === undefined);
  const made = server.calls.findIndex(({ method, path }) => method === 'PATCH' && path === secretPath);
  const configured = server.calls.findIndex(({ path, method }) => method === 'GET' && path === mutatingPath);
  expect(configured).toBeGreaterThan(-1);
  expect(made).toBeGreaterThan(configured);
  expect(server.calls[made]).toMatchObject({
    contentType: 'application/apply-patch+yaml',
    query: { fieldManager: 'metrics-sidecar-certificates' },
  });
});

test('a Secret that comes back belongs to the Helm release of the configurations', async () => {
  const server = await cluster();
  emptySecret(server);
  configure(server);
  const annotations = { 'meta.helm.sh/release-name': 'metrics', 'meta.helm.sh/release-namespace': 'shop' };
  const labels = { 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/instance': 'metrics' };
  const mutating = server.get(mutatingPath)!;
  const metadata = {
    ...mutating.metadata,
    labels: { ...labels, 'helm.sh/chart': 'metrics-sidecar-0.1.0' },
    annotations,
  };
  server.put(mutatingPath, { ...mutating, metadata });
  const one = member(server);
  await one.until(() => one.notSynced() === undefined);
  server.remove(secretPath);
  await one.until(() => stored(server, 'next-ca.crt') !== '');
  expect(server.get(secretPath)!.metadata).toMatchObject({ labels, annotations });
  expect(server.get(secretPath)!.metadata.labels).not.toHaveProperty('helm.sh/chart');
});

test('the annotation asks for another authority: published first, then it signs, then the old one goes', async () => {
  const server = await cluster();
  emptySecret(server);
  configure(server);
  const members = [member(server), member(server)];
  const [one] = members as [(typeof members)[0]];
  await Promise.all(members.map((each) => each.until(() => each.notSynced() === undefined)));
  const before = { ca: stored(server, 'ca.crt'), pair: one.authority.pair() };
  const seen: string[] = [];
  const remark = () => {
    for (const each of members) seen.push(each.notSynced() ?? 'verified');
  };
  const ends = members.flatMap((each) => [each.bundles.onChange(remark), each.authority.onPair(remark)]);
  const object = server.get(secretPath)!;
  server.put(secretPath, {
    ...object,
    metadata: { ...object.metadata, annotations: { 'metrics-sidecar.io/rotate': 'now', kept: 'yes' } },
  });
  await one.until(() => authoritiesIn(server).every((bundle) => bundle.length === 2));
  expect(one.authority.pair()).toEqual(before.pair);
  expect(server.get(secretPath)!.metadata.annotations).toEqual({ kept: 'yes' });
  const next = stored(server, 'next-ca.crt');
  await one.until(() => authoritiesIn(server).every((bundle) => bundle.length === 1));
  for (const end of ends) end();
  expect(stored(server, 'ca.crt')).toBe(next);
  expect(stored(server, 'next-ca.crt')).toBe('');
  expect(authoritiesIn(server)[0]).toEqual([subjectOf(next)]);
  expect(one.authority.pair()).not.toEqual(before.pair);
  expect(new Set(seen)).toEqual(new Set(['verified']));
  expect(members.flatMap(({ rotations }) => rotations).sort()).toEqual([
    'authority',
    'authority',
    'certificate',
    'certificate',
  ]);
});

test('who deletes the Secret gets it back as it was, and another authority', async () => {
  const server = await cluster();
  emptySecret(server);
  configure(server);
  const one = member(server, { overlap: 200 });
  await one.until(() => one.notSynced() === undefined);
  const [pair, ca] = [one.authority.pair(), stored(server, 'ca.crt')];
  server.remove(secretPath);
  await one.until(() => stored(server, 'next-ca.crt') !== '');
  expect(one.authority.pair()).toEqual(pair);
  expect(stored(server, 'ca.crt')).toBe(ca);
  await one.until(() => stored(server, 'ca.crt') !== ca && authoritiesIn(server).every(({ length }) => length === 1));
  expect(one.notSynced()).toBeUndefined();
});

test('a damaged Secret is reported by name, and repaired', async () => {
  const server = await cluster();
  emptySecret(server);
  configure(server);
  const one = member(server);
  await one.until(() => one.notSynced() === undefined);
  const object = server.get(secretPath)!;
  const data = object['data'] as Record<string, string>;
  server.put(secretPath, { ...object, data: { ...data, 'tls.key': data['ca.key'], foreign: 'eA==' } });
  await one.until(() => one.log.some((line) => line.includes('issued a serving certificate')));
  await one.until(() => one.authority.pair()?.cert === stored(server, 'tls.crt'));
  expect(one.log).toContainEqual(expect.stringContaining('tls.key is not the key of tls.crt'));
  expect(one.notSynced()).toBeUndefined();
  expect(stored(server, 'foreign')).toBe('x');
  expect(one.authority.problem()).toBeUndefined();
});

test('who undoes caBundle again and again is named, and not fought for ever', async () => {
  const server = await cluster();
  emptySecret(server);
  configure(server);
  const one = member(server);
  await one.until(() => one.notSynced() === undefined);
  const undo = () => {
    const object = server.get(mutatingPath)!;
    const webhooks = object['webhooks'] as readonly { clientConfig: { caBundle?: string } }[];
    if (webhooks.every(({ clientConfig }) => clientConfig.caBundle === undefined)) return;
    const fieldsV1 = { 'f:webhooks': { 'f:clientConfig': { 'f:caBundle': {} } } };
    server.put(mutatingPath, {
      ...object,
      metadata: { ...object.metadata, managedFields: [{ manager: 'stubborn', fieldsV1 }] },
      webhooks: webhooks.map((entry) => ({ ...entry, clientConfig: { ...entry.clientConfig, caBundle: undefined } })),
    });
  };
  one.bundles.onChange(undo);
  undo();
  await one.until(() => one.authority.problem() !== undefined);
  expect(one.authority.problem()).toBe('stubborn changes caBundle again and again: it is written less often');
  const patches = server.calls.filter(({ method, path }) => method === 'PATCH' && path === mutatingPath);
  expect(patches.length).toBeLessThanOrEqual(8);
});

test('when the API server is lost the last pair is served on', async () => {
  const server = await cluster();
  emptySecret(server);
  configure(server);
  const one = member(server);
  await one.until(() => one.notSynced() === undefined);
  const pair = one.authority.pair();
  server.fail({}, { status: 500, message: 'down' });
  server.cutWatches();
  await one.until(() => one.authority.problem() !== undefined);
  expect(one.authority.problem()).toContain('down');
  expect(one.authority.pair()).toEqual(pair);
  expect(one.notSynced()).toBeUndefined();
});

test('a refused write is reported, and repeated', async () => {
  const server = await cluster();
  emptySecret(server);
  configure(server);
  server.fail({ method: 'PUT', path: secretPath }, { status: 403, message: 'secrets "certs" is forbidden' }, 1);
  const one = member(server);
  await one.until(() => one.notSynced() === undefined);
  expect(one.log.filter((line) => line.startsWith('warn'))).toEqual([
    expect.stringContaining('writing the Secret: PUT /api/v1/namespaces/test/secrets/certs: 403: secrets'),
  ]);
  expect(one.authority.problem()).toBeUndefined();
});
