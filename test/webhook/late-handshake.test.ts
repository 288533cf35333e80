import { once } from 'node:events';
import { connect as connectTcp, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { createInflight } from '../../src/net/inflight.ts';
import { createAdmissionServer } from '../../src/webhook/http/admission-server.ts';
import { createMetrics } from '../../src/webhook/metrics/webhook-metrics.ts';
import { createPinoLog } from '../../src/webhook/pino-log.ts';
import type { Problem } from '../../src/webhook/protocol/request-problem.ts';
import { createClients } from '../../src/webhook/tls/clients.ts';
import { watchFailedHandshakes } from '../../src/webhook/tls/failed-handshakes.ts';
import { observed } from './observed.ts';
import { authority, servingPair } from './pair.ts';
import { Log } from './running.ts';

const handshakeErrors = 'metrics_sidecar_webhook_tls_handshake_errors_total';

/**
 * A server of reviews that gives up handshakes at once, and a way to it that holds back what comes after the first
 * flight.
 */
async function late(grace: number) {
  const { cert, key } = await servingPair();
  const refused: Problem[] = [];
  const server = await createAdmissionServer(
    {
      certificate: { cert: Buffer.from(cert), key: Buffer.from(key) },
      clients: createClients(undefined, { clientAllowedNames: [] }, Date.now),
      ...{ bodyLimit: 1024, reviewLimit: 1024, keepAlive: 120_000, inflight: createInflight(1024) },
    },
    {
      admit: () => ({ ok: true, value: 'admitted' }),
      refused: (problem) => void refused.push(problem),
      failed() {},
      stopping: () => false,
    },
    { timeout: 20, grace },
  );
  const metrics = createMetrics(observed());
  const { log } = createPinoLog({ level: 'debug', now: Date.now, out: new Log() });
  watchFailedHandshakes(server, { metrics, log, now: Date.now, closed: { silent: 0, idle: 0, busy: 0 } });
  const way = createTcpServer();
  for (const each of [server, way]) await once(each.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    way.close();
  });
  const release = hold(way, portOf(server));
  const client = connect({ host: '127.0.0.1', port: portOf(way), ca: authority.cert });
  onTestFinished(() => void client.destroy());
  return { server, client, release, refused, metrics };
}

/** Passes the first that a client sends, and the rest when it is let go. */
function hold(way: Server, port: number): () => void {
  const held: [Socket, Buffer][] = [];
  let isHeld = true;
  way.on('connection', (from) => {
    const to = connectTcp({ port, host: '127.0.0.1' });
    let first = true;
    from.on('error', () => to.destroy()).on('close', () => to.destroy());
    to.on('error', () => from.destroy()).on('close', () => from.destroy());
    to.pipe(from);
    from.on('data', (bytes) => {
      if (first || !isHeld) to.write(bytes);
      else held.push([to, bytes]);
      first = false;
    });
  });
  return () => {
    isHeld = false;
    for (const [to, bytes] of held) to.write(bytes);
  };
}

const portOf = (server: Server) => (server.address() as { port: number }).port;
const request = 'POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';

test('a handshake that was given up, and is over nevertheless: its request is answered, and nothing counts as wrong', async () => {
  const { server, client, release, refused, metrics } = await late(60_000);
  await once(server, 'tlsClientError');
  release();
  client.write(request);
  const [answer] = (await once(client, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nadmitted$/s);
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
  expect(refused).toEqual([]);
  expect(await metrics.page()).toContain(`${handshakeErrors} 0\n`);
});

test('a handshake that is never over: the connection is closed without a word, and counts once, as a handshake', async () => {
  const { client, refused, metrics } = await late(20);
  const heard: Buffer[] = [];
  client.on('data', (bytes: Buffer) => heard.push(bytes)).on('error', () => {});
  await once(client, 'close');
  expect(heard).toEqual([]);
  expect(refused).toEqual([]);
  expect(await metrics.page()).toContain(`${handshakeErrors} 1\n`);
});
