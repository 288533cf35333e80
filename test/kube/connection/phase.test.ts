import { expect, test } from 'vitest';
import { failureText, timeoutText } from '../../../src/kube/connection/phase.ts';

const error = (code: string | undefined, message: string) => Object.assign(new Error(message), code ? { code } : {});

test.each([
  ['ENOTFOUND', 'getaddrinfo ENOTFOUND api', 'DNS', 'DNS: the name of https://api does not resolve (ENOTFOUND)'],
  ['ECONNREFUSED', 'connect ECONNREFUSED 1.2.3.4:443', 'TCP', 'TCP: https://api is not reachable (ECONNREFUSED)'],
  ['ETIMEDOUT', '', 'TCP', 'TCP: no connection to https://api (ETIMEDOUT)'],
  [undefined, 'Bad response: 407', 'DNS', 'TCP: no connection to https://api (Bad response: 407)'],
  [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'self-signed certificate',
    'TLS',
    'TLS: no trusted connection to https://api (self-signed certificate)',
  ],
  ['ECONNRESET', 'socket hang up', 'HTTP', 'HTTP: https://api gave no whole answer (socket hang up)'],
] as const)('%s in the phase of %s', (code, message, phase, text) => {
  expect(failureText(error(code, message), phase, 'https://api')).toBe(text);
});

test.each([
  ['DNS', 'DNS: timeout after 1.5 s while the name of https://api was looked up'],
  ['TCP', 'TCP: timeout after 1.5 s while connecting to https://api'],
  ['TLS', 'TLS: timeout after 1.5 s in the handshake with https://api'],
  ['HTTP', 'HTTP: timeout after 1.5 s without a whole answer from https://api'],
] as const)('timeout in the phase of %s', (phase, text) => {
  expect(timeoutText(phase, 'https://api', 1500)).toBe(text);
});
