import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { changeState } from '../../../src/certificates/change-state.ts';
import { issueAuthority, issueServing } from '../../../src/certificates/issue/issue.ts';
import { settingsProblems } from '../../../src/certificates/plan/certificate-state.ts';
import {
  dueAt,
  expiresAt,
  isCurrent,
  servingDueAt,
  servingProblem,
} from '../../../src/certificates/plan/renewal-times.ts';
import { emptyState } from '../plan/empty-state.ts';

const hour = 3_600_000;
const day = 24 * hour;
const from = new Date(Date.UTC(2026, 0, 1));
const start = from.getTime();
const settings = { names: ['a'], validity: 90 * day, authorityValidity: 3650 * day, overlap: 300_000 };

test('nothing of the library is loaded before something is issued', async () => {
  const file = (name: string) => JSON.stringify(join(import.meta.dirname, '../../../src/certificates', name));
  // What reflect-metadata adds, which the library needs.
  const script = `await import(${file('authority.ts')});
    console.log(typeof Reflect.getMetadata);
    const { issueAuthority } = await import(${file('issue/issue.ts')});
    await issueAuthority('x', { from: new Date(0), days: 1 });
    console.log(typeof Reflect.getMetadata);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(stdout).toBe('undefined\nfunction\n');
});

test('dated back for clocks that are behind: an hour, and a tenth of what is short', async () => {
  const { cert } = await issueAuthority('x', { from, days: 10 });
  expect(new X509Certificate(cert).validFromDate.getTime()).toBe(start - hour);
  const short = await issueAuthority('x', { from, days: 1 / 24 });
  expect(new X509Certificate(short.cert).validFromDate.getTime()).toBe(start - hour / 10);
});

test('due when a third is left', async () => {
  const { cert } = await issueAuthority('x', { from, days: 90 });
  expect(expiresAt(cert)).toBe(start + 90 * day);
  expect(dueAt(cert)).toBe(start + 90 * day - (90 * day + hour) / 3);
  expect(isCurrent(cert, start + 90 * day)).toBe(false);
  expect([isCurrent(cert, start - 2 * hour), isCurrent(cert, start - 2 * hour - 1)]).toEqual([true, false]);
});

test('no serving certificate outlives its authority, and none is renewed for that', async () => {
  const authority = await issueAuthority('x', { from, days: 60 });
  const context = { remembered: undefined, settings, now: start };
  const change = { what: 'new-serving', why: '', names: ['a'] } as const;
  const { serving } = await changeState({ ...emptyState, authority }, change, context);
  expect(expiresAt(serving!.cert)).toBe(expiresAt(authority.cert));
  expect(servingDueAt(serving!, authority.cert, settings)).toBeUndefined();
  const shorter = await issueServing(authority, ['a'], { from, days: 30 });
  expect(servingDueAt(shorter, authority.cert, settings)).toBe(dueAt(shorter.cert));
});

test('what another replica has just issued is not damaged for one whose clock is behind', async () => {
  const authority = await issueAuthority('x', { from, days: 60 });
  const serving = await issueServing(authority, ['a'], { from, days: 30 });
  expect(servingProblem(serving, authority.cert, ['a'], start - 2 * hour)).toBeUndefined();
  expect(servingProblem(serving, authority.cert, ['a'], start - 3 * hour)).toMatch(
    /^the serving certificate is not valid/,
  );
  expect(servingProblem(serving, authority.cert, ['b'], start)).toBe('the serving certificate is for a, not for b');
});

test('settings that cannot work together', () => {
  expect(settingsProblems(settings)).toEqual([]);
  expect(settingsProblems({ names: [], validity: 60_000, authorityValidity: 30_000, overlap: 0 })).toEqual([
    '--certificates.names: the authority needs at least one name to issue for',
    '--certificates.overlap has to be longer than 0',
    '--certificates.validity has to be 1h or longer',
    '--certificates.authority-validity is shorter than --certificates.validity',
  ]);
  expect(settingsProblems({ ...settings, overlap: settings.authorityValidity })).toEqual([
    '--certificates.authority-validity has to be twelve times --certificates.overlap at least: a rotation has to fit',
  ]);
});
