import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Agent } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { startWebhook } from '../../src/webhook/start-webhook.ts';
import { folder } from './folder.ts';
import { authority, servingPair } from './pair.ts';
import { review } from './reviews.ts';
import { Log, loopback, replace, running, send, writePair } from './running.ts';

/** The serial number of the certificate that a new connection is shown. */
function served(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca: authority.cert }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

function serial(cert: string): string {
  return new X509Certificate(cert).serialNumber;
}

async function start(settings: Awaited<ReturnType<typeof loopback>>) {
  return startWebhook(settings, { version: '1.2.3', now: Date.now, random: Math.random, stdout: new Log() });
}

describe('what is wrong at the start is told at once', () => {
  test('certificate', async () => {
    const path = await folder();
    const result = await start(await loopback({ tlsCertFile: join(path, 'none') }));
    expect(result).toEqual({ ok: false, problems: [`${join(path, 'none')}: there is no such file`] });
  });

  test('addresses', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const address = { host: '127.0.0.1', port };
    expect(await start(await loopback({ listenAddress: address, webListenAddress: address }))).toEqual({
      ok: false,
      problems: [
        `--listen-address: cannot listen on 127.0.0.1:${port}: the address is in use`,
        `--web.listen-address: cannot listen on 127.0.0.1:${port}: the address is in use`,
      ],
    });
    const one = await loopback({ webListenAddress: address });
    expect(await start(one)).toMatchObject({
      ok: false,
      problems: [`--web.listen-address: cannot listen on 127.0.0.1:${port}: the address is in use`],
    });
    taken.close();
  });
});

// What src/webhook/reload/reload-on-change.ts does with a changed file.
describe('the certificate is reloaded', () => {
  test('new connections see the new one, old connections live on', async () => {
    const { settings, webhook, log, post, page } = await running();
    const { port } = webhook.tlsAddress;
    const first = await readFile(settings.tlsCertFile, 'utf8');
    expect(await served(port)).toBe(serial(first));
    expect((await post('/mutate', review('003'))).status).toBe(200);

    const next = await servingPair(3);
    await writePair(settings.folder, next);
    expect(await log.until('reloaded')).toMatchObject({ what: 'certificate' });
    expect(await served(port)).toBe(serial(next.cert));
    expect((await post('/mutate', review('003'))).status).toBe(200);
    const { body } = await page('/metrics');
    const expiry = new X509Certificate(next.cert).validToDate.getTime() / 1000;
    expect(body).toContain(`metrics_sidecar_webhook_certificate_expiry_timestamp_seconds ${expiry}\n`);
    expect(body).toContain('metrics_sidecar_webhook_reloads_total{what="certificate",outcome="success"} 1\n');
  });

  test('a pair that does not fit changes nothing and is told; the next good one is taken', async () => {
    const { settings, webhook, log, page } = await running();
    const { port } = webhook.tlsAddress;
    const first = await readFile(settings.tlsCertFile, 'utf8');
    const other = await servingPair();
    await replace(settings.tlsCertFile, other.cert);
    expect(await log.until('not reloaded: the version before stays in use')).toMatchObject({
      level: 'error',
      what: 'certificate',
      problems: [`${settings.tlsKeyFile} is not the key of the certificate in ${settings.tlsCertFile}`],
    });
    expect(await served(port)).toBe(serial(first));
    expect((await page('/metrics')).body).toContain(
      'metrics_sidecar_webhook_last_reload_successful{what="certificate"} 0\n',
    );
    await replace(settings.tlsKeyFile, other.key);
    await log.until('reloaded');
    expect(await served(port)).toBe(serial(other.cert));
    expect((await page('/metrics')).body).toContain(
      'metrics_sidecar_webhook_last_reload_successful{what="certificate"} 1\n',
    );
  });
});

test('the settings file is reloaded; a bad version keeps the old one', async () => {
  const settings = join(await folder(), 'settings.yaml');
  await writeFile(settings, 'defaults: {image: "registry.example/first:1"}');
  const { log, post, page } = await running({ settings });
  const image = async () => {
    const { response } = JSON.parse((await post('/mutate', review('003'))).body) as { response: { patch: string } };
    return /registry\.example\/\w+:1/.exec(Buffer.from(response.patch, 'base64').toString())?.[0];
  };
  expect(await image()).toBe('registry.example/first:1');
  await replace(settings, 'defaults: {image: "registry.example/second:1"}');
  await log.until('reloaded');
  expect(await image()).toBe('registry.example/second:1');
  await replace(settings, 'defaults: {imag: "registry.example/third:1"}');
  expect(await log.until('not reloaded: the version before stays in use')).toMatchObject({
    what: 'settings',
    problems: [`${settings}: defaults.imag: no such setting; did you mean "image"?`],
  });
  expect(await image()).toBe('registry.example/second:1');
  expect((await page('/metrics')).body).toContain(
    'metrics_sidecar_webhook_reloads_total{what="settings",outcome="failure"} 1\n',
  );
  expect((await page('/')).body).toContain('metrics-sidecar.io/image: "registry.example/second:1"');
});

// src/webhook/reload/watch-settings.ts
describe('a settings file that is wrong at the start', () => {
  const wrong = 'discovery: x\ndefaults: {env: 1}';
  const message = 'not loaded: built-in defaults are in use, not ready until the file is corrected';

  test('the webhook is not ready and says why; a review gets the built-in defaults', async () => {
    const settings = join(await folder(), 'settings.yaml');
    await writeFile(settings, wrong);
    const { log, post, page } = await running({ settings });
    expect(await log.until(message)).toMatchObject({
      level: 'error',
      what: 'settings',
      files: [settings],
      problems: [
        `${settings}: discovery: is not one of annotations, none`,
        `${settings}: defaults.env: "1" is not "true" or "false"`,
      ],
    });
    const reason = `the settings file cannot be used: ${settings}: discovery: is not one of annotations, none (and 1 more in the log)`;
    expect(await page('/readyz')).toMatchObject({ status: 503, body: `${reason}\n` });
    expect(await page('/healthz')).toMatchObject({ status: 200 });
    expect((await page('/')).body).toContain(`Settings: ${reason}; built-in defaults are in use\n`);
    const { body } = await page('/metrics');
    expect(body).toContain('metrics_sidecar_webhook_ready 0\n');
    expect(body).toContain('metrics_sidecar_webhook_last_reload_successful{what="settings"} 0\n');
    expect(body).not.toContain('metrics_sidecar_webhook_loaded_timestamp_seconds{what="settings"}');
    const { response } = JSON.parse((await post('/mutate', review('003'))).body) as { response: { patch: string } };
    expect(Buffer.from(response.patch, 'base64').toString()).toContain('ghcr.io/metrics-sidecar/metrics-sidecar:1.2.3');
  });

  test('becomes ready with the first right version; a later wrong one keeps that', async () => {
    const settings = join(await folder(), 'settings.yaml');
    await writeFile(settings, wrong);
    const { log, page } = await running({ settings });
    await log.until(message);
    await replace(settings, 'defaults: {env: 1}');
    await log.until('not reloaded: the version before stays in use');
    expect((await page('/readyz')).body).toBe(
      `the settings file cannot be used: ${settings}: defaults.env: "1" is not "true" or "false"\n`,
    );
    await replace(settings, 'defaults: {env: false}');
    await log.until('ready');
    expect(await page('/readyz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect((await page('/')).body).toContain('metrics-sidecar.io/env: "false"');
    expect((await page('/metrics')).body).toContain(
      'metrics_sidecar_webhook_last_reload_successful{what="settings"} 1\n',
    );
    await replace(settings, wrong);
    await log.until('not reloaded: the version before stays in use');
    expect(await page('/readyz')).toMatchObject({ status: 200 });
    expect((await page('/')).body).toContain('metrics-sidecar.io/env: "false"');
  });

  test('the file may come later than the webhook', async () => {
    const settings = join(await folder(), 'settings.yaml');
    const { log, page } = await running({ settings });
    expect((await page('/readyz')).body).toBe(`the settings file cannot be used: ${settings}: there is no such file\n`);
    await writeFile(settings, '');
    await log.until('ready');
    expect(await page('/readyz')).toMatchObject({ status: 200 });
  });
});

// The walk of a review, src/webhook/admission/admission.ts, seen from its log.
describe('one line a decision', () => {
  test('of a pod that is injected', async () => {
    const { log, post } = await running();
    const { request } = review('003');
    await post('/mutate', review('003'));
    expect(await log.until('decision')).toMatchObject({
      level: 'info',
      path: 'mutate',
      uid: request.uid,
      namespace: 'default',
      kind: 'Pod',
      generateName: 'orders-worker-59bffb6546-',
      owner: 'ReplicaSet/orders-worker-59bffb6546',
      operation: 'CREATE',
      dryRun: false,
      outcome: 'injected',
      kinds: ['statsd'],
      patchBytes: expect.any(Number),
      milliseconds: expect.any(Number),
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
  });

  test('of one with wrong annotations: their keys, not their values', async () => {
    const { log, post } = await running();
    await post('/mutate', review('017'));
    const line = await log.until('decision');
    expect(line).toMatchObject({ level: 'warn', outcome: 'invalid', subjects: expect.any(Array) });
    for (const value of Object.values(review('017').request.object.metadata as object)) {
      if (typeof value === 'string' && value.length > 20) expect(JSON.stringify(line)).not.toContain(value);
    }
  });

  test('of a bug: the stack, and the pod runs (trap 4)', async () => {
    const bug = () => {
      throw new TypeError('a bug');
    };
    const { log, post, page } = await running(
      {},
      { engine: { injectPod: bug, injectService: bug, lintWorkload: bug } },
    );
    const { uid } = review('003').request;
    const answer = await post('/mutate', review('003'));
    expect(JSON.parse(answer.body)).toEqual({
      kind: 'AdmissionReview',
      apiVersion: 'admission.k8s.io/v1',
      response: {
        uid,
        allowed: true,
        warnings: ['metrics-sidecar: internal error, admitted as it is; the log of the webhook has more'],
      },
    });
    expect(await log.until('decision')).toMatchObject({
      level: 'error',
      uid,
      outcome: 'error',
      err: { type: 'TypeError', message: 'a bug', stack: expect.stringContaining('webhook.test.ts') },
    });
    expect((await page('/metrics')).body).toContain(
      'metrics_sidecar_webhook_requests_total{path="mutate",kind="Pod",outcome="error",dry_run="false"} 1\n',
    );
  });

  test('below the level nothing is written', async () => {
    const { log, post } = await running({ logLevel: 'error' });
    await post('/mutate', review('003'));
    expect(log.lines).toEqual([]);
  });
});

describe('the stop', () => {
  test('at once not ready, then answers that close, then nothing listens', async () => {
    const { webhook, page, post, log } = await running({ shutdownGracePeriod: 300 });
    expect(await page('/readyz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect((await post('/mutate', review('003'))).headers.connection).toBe('keep-alive');
    const stopped = webhook.stop();
    await log.until('stopping');
    expect(await page('/readyz')).toMatchObject({ status: 503, body: 'stopping\n' });
    expect(await page('/healthz')).toMatchObject({ status: 200 });
    expect((await page('/metrics')).body).toContain('metrics_sidecar_webhook_ready 0\n');
    const answer = await post('/mutate', review('003'));
    expect(answer).toMatchObject({ status: 200, headers: { connection: 'close' } });
    const refused = await post('/nowhere', {});
    expect(refused).toMatchObject({ status: 404, headers: { connection: 'close' } });
    await stopped;
    await log.until('stopped');
    await expect(post('/mutate', review('003'))).rejects.toThrow('ECONNREFUSED');
    await expect(page('/healthz')).rejects.toThrow('ECONNREFUSED');
  });

  test('a second call waits for the same end', async () => {
    const { webhook, log } = await running({ shutdownGracePeriod: 50 });
    await Promise.all([webhook.stop(), webhook.stop()]);
    await webhook.stop();
    expect(log.lines.filter(({ message }) => message === 'stopping')).toHaveLength(1);
  });

  test('a request whose body is on the way is answered', async () => {
    const { webhook, options, log, page } = await running();
    const body = JSON.stringify(review('003'));
    const socket = await slowly(options, body.length);
    socket.write(body.slice(0, 100));
    await expectInFlight(page, 1);
    const stopped = webhook.stop();
    await log.until('stopping');
    socket.write(body.slice(100));
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n(.*\r\n)*connection: close\r\n/i);
    await stopped;
  });

  test('one whose body never comes is waited for only so long', async () => {
    const { webhook, options, log, page } = await running({ shutdownDrainTimeout: 50 });
    const socket = await slowly(options, 1000);
    await expectInFlight(page, 1);
    await webhook.stop();
    expect(await text(socket)).toBe('');
    await log.until('stopped');
  });

  test('connections without a request, half-open ones too, do not hold it up', async () => {
    const { webhook, options, agent } = await running();
    await send({ ...options, path: '/', method: 'GET', agent: agent as Agent });
    const idle = connect({ host: '127.0.0.1', port: options.port, ca: authority.cert });
    await new Promise((resolve) => idle.once('secureConnect', resolve));
    idle.on('error', () => {});
    await webhook.stop();
  });
});

/** A connection that has sent the head of a review and none of its body. */
async function slowly({ port, ca }: { port: number; ca: string }, length: number): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, ca });
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  socket.on('error', () => {});
  socket.write(
    `POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
  );
  return socket;
}

async function expectInFlight(page: (path: string) => Promise<{ body: string }>, count: number): Promise<void> {
  // Each look is a round trip to the server, which meanwhile reads what the other connection sent.
  while (!(await page('/metrics')).body.includes(`metrics_sidecar_webhook_in_flight_requests ${count}\n`));
}

function text(socket: TLSSocket): Promise<string> {
  return new Promise((resolve) => {
    let all = '';
    socket.on('data', (chunk: Buffer) => {
      all += chunk.toString();
    });
    socket.on('close', () => resolve(all));
  });
}
