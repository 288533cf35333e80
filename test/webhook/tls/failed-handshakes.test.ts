import { EventEmitter } from 'node:events';
import type { Server } from 'node:https';
import { expect, test } from 'vitest';
import { createMetrics } from '../../../src/webhook/metrics/webhook-metrics.ts';
import { createPinoLog } from '../../../src/webhook/pino-log.ts';
import { watchFailedHandshakes } from '../../../src/webhook/tls/failed-handshakes.ts';
import { observed } from '../observed.ts';
import { Log } from '../running.ts';

function watched(now: () => number, silent = 0) {
  const server = new EventEmitter();
  const out = new Log();
  const { log, flush } = createPinoLog({ level: 'debug', now, out });
  const metrics = createMetrics(observed());
  watchFailedHandshakes(server as unknown as Server, { metrics, log, now, closed: { silent, idle: 0, busy: 0 } });
  const fail = (error: object) => {
    server.emit('tlsClientError', Object.assign(new Error('the long words of OpenSSL'), error), {
      remoteAddress: '::1',
    });
    flush();
  };
  return { fail, lines: out.lines, metrics };
}

/** As Node 24 reports the alert of an API server whose caBundle is of another authority. */
const untrusted = { code: 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', reason: 'ssl/tls alert bad certificate' };

test('an API server that does not trust the certificate: a hint at the caBundle', async () => {
  const { fail, lines, metrics } = watched(() => 0);
  fail(untrusted);
  expect(lines).toMatchObject([
    {
      level: 'warn',
      message: 'TLS handshake failed',
      problem: 'ssl/tls alert bad certificate',
      hint: 'the caller does not trust the certificate: compare the caBundle of the registration with its authority',
      remoteAddress: '::1',
    },
  ]);
  expect(await metrics.page()).toContain('metrics_sidecar_webhook_tls_handshake_errors_total 1\n');
});

test('loud once a minute; a connection that only comes and goes is never loud', () => {
  let time = 0;
  const { fail, lines } = watched(() => time);
  fail({ code: 'ECONNRESET' });
  fail(untrusted);
  fail(untrusted);
  time = 60_000;
  fail(untrusted);
  expect(lines.map(({ level }) => level)).toEqual(['debug', 'warn', 'debug', 'warn']);
  expect(lines[0]).not.toHaveProperty('hint');
});

test('a connection that was closed to make room is no handshake that failed', async () => {
  const { fail, lines, metrics } = watched(() => 0, 1);
  fail({ code: 'ECONNRESET' });
  expect(lines).toEqual([]);
  fail({ code: 'ECONNRESET' });
  expect(await metrics.page()).toContain('metrics_sidecar_webhook_tls_handshake_errors_total 1\n');
});
