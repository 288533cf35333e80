import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { issueAuthority, issueServing } from '../../../src/certificates/issue/issue.ts';
import { chainProblem } from '../../../src/certificates/pem/verify.ts';

const day = 24 * 3_600_000;
const from = new Date(Date.UTC(2026, 5, 1));
const now = from.getTime() + day;
const names = ['hook.test.svc', '10.0.0.1', '::1'];

const ca = await issueAuthority('one', { from, days: 100 });
const other = await issueAuthority('other', { from, days: 100 });
/** Of the same name, with another key. */
const twin = await issueAuthority('one', { from, days: 5 });
const leaf = await issueServing(ca, names, { from, days: 10 });
const ends = (pem: string) => new X509Certificate(pem).validToDate.toISOString();
const begins = (pem: string) => new X509Certificate(pem).validFromDate.toISOString();

test.each([
  ['the authority that signed', ca.cert],
  ['several, in any order', other.cert + twin.cert + ca.cert],
  ['with text between, as openssl writes it', `Subject: CN=other\n${other.cert}\n# the old one\n${ca.cert}`],
  ['a broken one beside it', `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${ca.cert}`],
  ['the serving certificate itself', leaf.cert],
])('verified by a caBundle that holds %s', (_, bundle) => {
  expect(chainProblem(leaf.cert, bundle, names, now)).toBeUndefined();
});

test.each([
  ['nothing is served', '', ca.cert, names, now, 'there is no serving certificate'],
  ['an empty caBundle', leaf.cert, '', names, now, 'caBundle holds no certificate'],
  ['a caBundle of something else', leaf.cert, leaf.key, names, now, 'caBundle holds no certificate'],
  [
    'another authority',
    leaf.cert,
    other.cert,
    names,
    now,
    '"CN=hook.test.svc" is signed by "CN=one", which is not in caBundle (it holds 1)',
  ],
  [
    'an authority of the same name',
    leaf.cert,
    twin.cert + other.cert,
    names,
    now,
    '"CN=hook.test.svc" is signed by "CN=one", which is not in caBundle (it holds 2)',
  ],
  ['too late', leaf.cert, ca.cert, names, now + 10 * day, `the serving certificate expired on ${ends(leaf.cert)}`],
  [
    'too early',
    leaf.cert,
    ca.cert,
    names,
    now - 2 * day,
    `the serving certificate is not valid before ${begins(leaf.cert)}`,
  ],
  [
    'another name',
    leaf.cert,
    ca.cert,
    ['hook.test.svc', 'b', 'c'],
    now,
    'the serving certificate is for hook.test.svc, 10.0.0.1, 0:0:0:0:0:0:0:1, not for b, c',
  ],
  [
    'another address',
    leaf.cert,
    ca.cert,
    ['10.0.0.2'],
    now,
    'the serving certificate is for hook.test.svc, 10.0.0.1, 0:0:0:0:0:0:0:1, not for 10.0.0.2',
  ],
])('%s', (_, chain, bundle, wanted, at, problem) => {
  expect(chainProblem(chain, bundle, wanted, at)).toBe(problem);
});

test('an authority that expired does not count, unless another of the bundle does', async () => {
  const later = await issueServing(twin, names, { from, days: 10 });
  const at = from.getTime() + 6 * day;
  expect(chainProblem(later.cert, twin.cert, names, at)).toBe(`the authority "CN=one" expired on ${ends(twin.cert)}`);
  expect(chainProblem(later.cert, twin.cert + later.cert, names, at)).toBeUndefined();
});

test('a serving certificate cannot sign another', async () => {
  const signed = await issueServing(leaf, names, { from, days: 5 });
  expect(chainProblem(signed.cert, leaf.cert, names, now)).toMatch(/is not in caBundle|may not sign/);
  expect(chainProblem(signed.cert + leaf.cert, ca.cert, names, now)).toMatch(/is not in caBundle|may not sign/);
});

/**
 * What this library does not issue, made with `openssl req -x509 -days 36500 -addext …`: `leaf` (for *.test.svc) is
 * signed by the intermediate authority `middle`, which `root` signed; `client` is no server; `nameless` has its name in
 * CN only.
 */
const golden = (name: string) =>
  readFileSync(join(import.meta.dirname, '../..', 'golden', 'certificates', `${name}.pem`), 'utf8');

test('chains with an authority between, wildcards, purposes and common names are judged as Go judges them', () => {
  const [root, middle, wildcard] = [golden('root'), golden('middle'), golden('leaf')];
  const at = Date.UTC(2027, 0, 1);
  expect(chainProblem(wildcard + middle, root, ['a.test.svc'], at)).toBeUndefined();
  expect(chainProblem(wildcard, middle, ['a.test.svc'], at)).toBeUndefined();
  expect(chainProblem(wildcard, root, ['a.test.svc'], at)).toBe(
    '"CN=leaf" is signed by "CN=middle", which is not in caBundle (it holds 1)',
  );
  expect(chainProblem(wildcard, middle, ['a.b.test.svc'], at)).toBe(
    'the serving certificate is for *.test.svc, not for a.b.test.svc',
  );
  expect(chainProblem(golden('client'), root, ['a.test.svc'], at)).toBe(
    'the serving certificate is not for servers (extended key usage)',
  );
  expect(chainProblem(golden('nameless'), root, ['a.test.svc'], at)).toBe(
    'the serving certificate is for no name (it has no subject alternative name), not for a.test.svc',
  );
});
