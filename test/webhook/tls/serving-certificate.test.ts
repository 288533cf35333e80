import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { issueServing } from '../../../src/certificates/issue/issue.ts';
import type { KeyPair } from '../../../src/certificates/pem/key-pair.ts';
import { readServingCertificate } from '../../../src/webhook/tls/serving-certificate.ts';
import { authority, servingPair } from '../pair.ts';

const files = ['tls.crt', 'tls.key'] as const;
const day = 24 * 3_600_000;

function read({ cert, key }: KeyPair, now = Date.now()) {
  return readServingCertificate(files, { ok: true, value: [Buffer.from(cert), Buffer.from(key)] }, now);
}

test('a pair that fits is taken, with its names and its end', async () => {
  const pair = await servingPair();
  const result = read(pair);
  expect(result).toMatchObject({
    ok: true,
    value: { subjectAltName: 'DNS:localhost, IP Address:127.0.0.1', remarks: [] },
  });
  expect(result.ok && result.value.expires).toBe(new X509Certificate(pair.cert).validToDate.getTime());
});

test('a chain: the serving certificate is the first', async () => {
  const pair = await servingPair();
  expect(read({ ...pair, cert: pair.cert + authority.cert })).toMatchObject({ ok: true });
});

test('what cannot be served is refused, and the file is named', async () => {
  const [one, other] = await Promise.all([servingPair(), servingPair()]);
  const expires = new X509Certificate(one.cert).validToDate;
  const problem = (result: ReturnType<typeof read>) => (result.ok ? undefined : result.problems);
  expect(problem(read({ ...one, cert: '' }))).toEqual(['tls.crt: holds no certificate (PEM)']);
  expect(problem(read({ ...one, cert: one.cert.slice(0, 200) }))).toEqual(['tls.crt: holds no certificate (PEM)']);
  expect(problem(read({ ...one, key: 'secret' }))).toEqual([
    'tls.key: holds no private key (PEM, without a passphrase)',
  ]);
  expect(problem(read({ ...one, key: other.key }))).toEqual(['tls.key is not the key of the certificate in tls.crt']);
  expect(problem(read(one, expires.getTime()))).toEqual([
    `tls.crt: the certificate expired on ${expires.toISOString()}`,
  ]);
  expect(problem(readServingCertificate(files, { ok: false, problem: 'tls.crt: there is no such file' }, 0))).toEqual([
    'tls.crt: there is no such file',
  ]);
});

test('what an API server may dislike is remarked upon', async () => {
  const pair = await issueServing(authority, ['a.example'], { from: new Date(Date.now() + day), days: 2 });
  const begins = new X509Certificate(pair.cert).validFromDate.toISOString();
  expect(read(pair)).toMatchObject({
    ok: true,
    value: { remarks: [`the certificate is not valid before ${begins}`] },
  });
});
