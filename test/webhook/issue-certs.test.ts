import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { issueCertificates } from '../../scripts/certificates.ts';
import { folder as temporary } from './folder.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, '..', '..', 'scripts', 'issue-certs.ts');

async function certificate(folder: string, name: string): Promise<X509Certificate> {
  return new X509Certificate(await readFile(join(folder, name)));
}

test('an authority and a pair that it signed, for the names given', async () => {
  const folder = await temporary();
  const { stdout } = await run(process.execPath, [
    script,
    '--out',
    folder,
    '--days',
    '30',
    'a.b.svc',
    '10.0.0.1',
    '::1',
  ]);
  expect((await readdir(folder)).sort()).toEqual(['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
  const [ca, tls] = await Promise.all([certificate(folder, 'ca.crt'), certificate(folder, 'tls.crt')]);
  expect(tls.checkIssued(ca)).toBe(true);
  expect(tls.verify(ca.publicKey)).toBe(true);
  expect([ca.ca, tls.ca]).toEqual([true, false]);
  expect(tls.checkHost('a.b.svc')).toBe('a.b.svc');
  expect(tls.checkIP('10.0.0.1')).toBe('10.0.0.1');
  expect(tls.checkIP('::1')).toBe('::1');
  expect(tls.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
  expect(tls.validToDate.getTime() - Date.now()).toBeLessThan(31 * 24 * 3_600_000);
  expect((await stat(join(folder, 'tls.key'))).mode & 0o077).toBe(0);
  expect(stdout).toContain('ca.crt: new, until ');
});

test('the authority is kept, so that the caBundle is; unless it expired or a new one is asked for', async () => {
  const folder = await temporary();
  const order = { folder, names: ['a'], authorityDays: 2 };
  await issueCertificates(order);
  const [first, leaf] = [await certificate(folder, 'ca.crt'), await certificate(folder, 'tls.crt')];
  await issueCertificates(order);
  expect((await certificate(folder, 'ca.crt')).fingerprint256).toBe(first.fingerprint256);
  expect((await certificate(folder, 'tls.crt')).fingerprint256).not.toBe(leaf.fingerprint256);
  await issueCertificates({ ...order, newAuthority: true });
  const second = await certificate(folder, 'ca.crt');
  expect(second.fingerprint256).not.toBe(first.fingerprint256);
  await issueCertificates({ ...order, now: new Date(Date.now() + 3 * 24 * 3_600_000) });
  expect((await certificate(folder, 'ca.crt')).fingerprint256).not.toBe(second.fingerprint256);
});

test('a wrong command line: all of it at once, and nothing is written', async () => {
  const folder = await temporary();
  const failed = run(process.execPath, [script, '--out', folder, '--days', 'x', 'a b', '.c']).catch(
    (error: { code: number; stderr: string }) => error,
  );
  const { code, stderr } = (await failed) as { code: number; stderr: string };
  expect(code).toBe(2);
  expect(stderr).toMatch(/^issue: /);
  expect(stderr).toContain('"a b" is no DNS name and no address\n');
  expect(stderr).toContain('--days: not a number of days\n');
  expect(await readdir(folder)).toEqual([]);
});
