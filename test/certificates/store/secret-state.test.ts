import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { issueAuthority, issueServing } from '../../../src/certificates/issue/issue.ts';
import { readState, writeState } from '../../../src/certificates/store/secret-state.ts';
import { emptyState } from '../plan/empty-state.ts';

const from = new Date(Date.UTC(2026, 0, 1));
const authority = await issueAuthority('one', { from, days: 100 });
const next = await issueAuthority('two', { from, days: 100 });
const serving = await issueServing(authority, ['a'], { from, days: 10 });
const state = { serving, authority, next };
const data = writeState(state, undefined);
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('what is written is read, and what is none of ours stays', () => {
  expect(Object.keys(data)).toEqual(['tls.crt', 'tls.key', 'ca.crt', 'ca.key', 'next-ca.crt', 'next-ca.key']);
  expect(readState(data)).toEqual({ state, damage: [] });
  const others = { 'tls.crt': 'old', mine: 'eA==' };
  expect(writeState({ ...state, next: undefined }, { ...data, ...others })).toEqual({
    mine: 'eA==',
    'tls.crt': data['tls.crt'],
    'tls.key': data['tls.key'],
    'ca.crt': data['ca.crt'],
    'ca.key': data['ca.key'],
  });
});

test('a Secret without data, or with empty values, is empty and not damaged', () => {
  for (const nothing of [undefined, {}, { 'tls.crt': '', 'tls.key': base64(' \n') }]) {
    expect(readState(nothing)).toEqual({ state: emptyState, damage: [] });
  }
});

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });

test.each([
  ['tls.crt', undefined, 'tls.crt is missing', { serving: undefined }],
  ['tls.crt', 'x', 'tls.crt holds no certificate (PEM)', { serving: undefined }],
  ['tls.key', undefined, 'tls.key is missing', { serving: undefined }],
  ['tls.key', 'x', 'tls.key holds no private key (PEM, without a passphrase)', { serving: undefined }],
  ['tls.key', authority.key, 'tls.key is not the key of tls.crt', { serving: undefined }],
  ['ca.crt', serving.cert, 'ca.crt is no authority', { authority: undefined }],
  ['ca.crt', next.cert, 'ca.key is not the key of ca.crt', { authority: { cert: next.cert, key: undefined } }],
  ['ca.key', undefined, 'ca.key is missing', { authority: { cert: authority.cert, key: undefined } }],
  ['ca.key', String(rsa), 'ca.key is no ECDSA P-256 key', { authority: { cert: authority.cert, key: undefined } }],
  ['next-ca.key', undefined, 'next-ca.key is missing', { next: undefined }],
  ['next-ca.crt', '\u0000', 'next-ca.crt holds no certificate (PEM)', { next: undefined }],
])('%s damaged (%#): named, and left out', (key, value, problem, left) => {
  const { [key]: _, ...others } = data;
  const damaged = value === undefined ? others : { ...others, [key]: base64(value) };
  expect(readState(damaged)).toEqual({ state: { ...state, ...left }, damage: [problem] });
});
