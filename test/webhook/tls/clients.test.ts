import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { KeyPair } from '../../../src/certificates/pem/key-pair.ts';
import type { WebhookSettings } from '../../../src/contract/webhook.ts';
import { startWebhook } from '../../../src/webhook/start-webhook.ts';
import { type ClientOrder, clientAuthority, clientPair } from '../client-certificates.ts';
import { folder } from '../folder.ts';
import { authority, servingPair } from '../pair.ts';
import { review } from '../reviews.ts';
import { type Answered, Log, loopback, replace, running, send, writePair } from '../running.ts';

const [clients, strangers] = await Promise.all([clientAuthority(), clientAuthority()]);
const json = { 'content-type': 'application/json' };
const counter = 'metrics_sidecar_webhook_refused_requests_total';

async function file(content: string): Promise<string> {
  const path = join(await folder(), 'ca.crt');
  await writeFile(path, content);
  return path;
}

/** A webhook that answers those only whose certificate `clients` signed. */
async function closed(overrides: Partial<WebhookSettings> = {}, deps: Parameters<typeof running>[1] = {}) {
  const clientCaFile = await file(clients.cert);
  const webhook = await running({ clientCaFile, ...overrides }, deps);
  const agents: Agent[] = [];
  onTestFinished(() => {
    for (const agent of agents) agent.destroy();
  });
  /** Reviews of one caller, on one connection as long as the webhook keeps it. */
  const caller = (pair: Partial<KeyPair> | undefined) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agents.push(agent);
    const options = { ...webhook.options, ...pair, agent, path: '/mutate', method: 'POST', headers: json };
    return (body = JSON.stringify(review('003'))) => send(options, body);
  };
  return { ...webhook, clientCaFile, caller };
}

const messageOf = ({ body }: Answered) => (JSON.parse(body) as { message: string }).message;

describe('with --client-ca-file', () => {
  test('who has a certificate of the authority is answered, again and again on the same connection', async () => {
    const { caller, log, page } = await closed();
    const pair = await clientPair(clients);
    const call = caller(pair);
    for (let i = 0; i < 3; i++) {
      const { status, headers } = await call();
      expect([status, headers.connection]).toEqual([200, 'keep-alive']);
    }
    const ends = new X509Certificate(pair.cert).validToDate.getTime() / 1000;
    const { body } = await page('/metrics');
    expect(body).toContain(`metrics_sidecar_webhook_client_certificate_expiry_timestamp_seconds ${ends}\n`);
    expect(body).not.toContain(`${counter}{`);
    expect(log.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
    expect((await page('/')).body).toMatch(/^Callers: with a client certificate of an authority, .* expires \d{4}-/m);
  });

  test('a certificate without extended key usage is for clients too', async () => {
    const { caller } = await closed();
    expect((await caller(await clientPair(clients, { usage: 'none' }))()).status).toBe(200);
  });

  const wrong: [string, string, number, RegExp, KeyPair, ClientOrder][] = [
    [
      'of another authority of the same name',
      'client_not_trusted',
      403,
      /"kube-apiserver" does not verify by /,
      strangers,
      {},
    ],
    ['that expired', 'client_expired', 403, /expired on \d{4}-/, clients, { from: -48, until: -1 }],
    ['that is not valid yet', 'client_expired', 403, /not valid before \d{4}-/, clients, { from: 1 }],
    [
      'for servers',
      'client_wrong_usage',
      403,
      /not for clients \(extended key usage clientAuth\)/,
      clients,
      { usage: 'serverAuth' },
    ],
  ];
  test.each(wrong)('a certificate %s: %s, %i', async (_, code, status, message, signer, order) => {
    const { caller, page, log } = await closed();
    const answer = await caller(await clientPair(signer, order))();
    expect(answer.status).toBe(status);
    expect(messageOf(answer)).toMatch(message);
    expect((await page('/metrics')).body).toContain(`${counter}{code="${code}"} 1\n`);
    expect(await log.until('request refused')).toMatchObject({ level: 'warn', code, remoteAddress: '127.0.0.1' });
  });

  test('a certificate of 30 kB is not read, whoever signed it', async () => {
    const { caller } = await closed();
    const commonNames = Array.from({ length: 600 }, () => 'x'.repeat(40));
    const answer = await caller(await clientPair(clients, { commonNames }))();
    expect([answer.status, messageOf(answer)]).toEqual([403, 'the client certificate has more than 16384 bytes']);
  });

  test('no certificate: 401 that says what to do, each counted, one line a minute in the log', async () => {
    const { caller, page, log } = await closed();
    const call = caller(undefined);
    for (let i = 0; i < 5; i++) expect((await call()).status).toBe(401);
    expect(JSON.parse((await call()).body)).toMatchObject({ kind: 'Status', code: 401, reason: 'Unauthorized' });
    expect(messageOf(await call())).toContain('the kubeConfigFile of its AdmissionConfiguration');
    const { body } = await page('/metrics');
    expect(body).toContain(`${counter}{code="client_no_certificate"} 7\n`);
    expect(body).not.toMatch(/^metrics_sidecar_webhook_requests_total/m);
    for (let i = 0; i < 7; i++) {
      expect((await log.until('request refused')).level).toBe(i === 0 ? 'warn' : 'debug');
    }
    expect((await page('/readyz')).body).toBe('ok\n');
  });

  test('other paths and methods are for nobody else either', async () => {
    const { send: ask } = await closed();
    expect((await ask('/')).status).toBe(401);
    expect((await ask('/mutate', undefined, { method: 'GET' })).status).toBe(401);
  });

  test('a session that is resumed brings no one in', async () => {
    const { webhook } = await closed();
    const options = { host: '127.0.0.1', port: webhook.tlsAddress.port, ca: authority.cert };
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const first = connect({ ...options, maxVersion });
      let session: Buffer | undefined;
      first.on('session', (it: Buffer) => {
        session = it;
      });
      expect(await asked(first)).toEqual({ status: '401', isReused: false });
      session ??= first.getSession();
      const second = connect({ ...options, maxVersion, ...(session !== undefined && { session }) });
      expect(await asked(second)).toEqual({ status: '401', isReused: false });
    }
  });

  test('nothing is held of the body of a caller that is not answered, whatever its size', async () => {
    const { webhook, page, caller } = await closed({ bodiesLimit: 1 });
    const socket = connect({ host: '127.0.0.1', port: webhook.tlsAddress.port, ca: authority.cert });
    onTestFinished(() => void socket.destroy());
    const head =
      'POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 8000000\r\n\r\n';
    socket.on('error', () => {}).write(head + ' '.repeat(4_000_000));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 401 /);
    await once(socket, 'close');
    const { body } = await page('/metrics');
    expect(body).not.toContain('too_many_inflight');
    expect((await caller(undefined)(' '.repeat(2 ** 20))).status).toBe(401);
  });

  test('callers without a certificate take no connection from one that has it', async () => {
    const { webhook, caller, page } = await closed({ connections: 16 });
    const call = caller(await clientPair(clients));
    expect((await call()).status).toBe(200);
    const options = { host: '127.0.0.1', port: webhook.tlsAddress.port, ca: authority.cert };
    const others = Array.from({ length: 40 }, () =>
      connect(options)
        .on('error', () => {})
        .resume(),
    );
    onTestFinished(() => {
      for (const socket of others) socket.destroy();
    });
    await Promise.all(others.map((socket) => once(socket, 'secureConnect').catch(() => {})));
    expect((await call()).status).toBe(200);
    const { body } = await page('/metrics');
    expect(Number(/^metrics_sidecar_webhook_connections (\d+)$/m.exec(body)?.[1])).toBeLessThanOrEqual(16);
    expect(body).toMatch(/connections_closed_total\{doing="silent"\} [1-9]/);
  });
});

describe('--client-allowed-names', () => {
  test.each<[string, ClientOrder, number]>([
    ['one of them', { commonNames: ['kube-apiserver'] }, 200],
    ['another name', { commonNames: ['system:node:n1'] }, 403],
    ['no name', { commonNames: [] }, 403],
    ['two names, one of them allowed', { commonNames: ['x', 'kube-apiserver'] }, 403],
    ['a name that hides one', { commonNames: ['x\nCN=kube-apiserver'] }, 403],
  ])('%s', async (_, order, status) => {
    const { caller } = await closed({ clientAllowedNames: ['other', 'kube-apiserver'] });
    const answer = await caller(await clientPair(clients, order))();
    expect(answer.status).toBe(status);
    if (status === 403) expect(messageOf(answer)).toContain('--client-allowed-names has other, kube-apiserver');
  });
});

describe('the file of authorities', () => {
  const start = async (overrides: Partial<WebhookSettings>) =>
    startWebhook(await loopback(overrides), { version: '1', now: Date.now, random: Math.random, stdout: new Log() });

  test('what is wrong with it at the start is told, and nothing listens', async () => {
    const intermediate = await clientPair(clients, { isAuthority: true, usage: 'none' });
    const old = await clientAuthority('old', -1);
    const cases: [string, string | RegExp][] = [
      ['', 'holds no certificate (PEM)'],
      ['not a certificate', 'holds no certificate (PEM)'],
      [clients.key, 'holds no certificate (PEM)'],
      [clients.cert.replace('MII', 'XXX') + clients.cert, 'only 1 of its 2 certificates can be read (PEM)'],
      [intermediate.cert, 'holds no root (a certificate that signed itself), so nothing can be verified by it'],
      [old.cert, 'the last root in it expired on '],
      ['a'.repeat(2 ** 20 + 1), 'is larger than 1 MiB'],
    ];
    for (const [content, problem] of cases) {
      const clientCaFile = await file(content);
      const result = await start({ clientCaFile });
      expect(result).toMatchObject({ ok: false, problems: [expect.stringContaining(`${clientCaFile}: ${problem}`)] });
    }
    expect(await start({ clientCaFile: '/none' })).toMatchObject({ problems: ['/none: there is no such file'] });
  });

  test('names without authorities are refused', async () => {
    expect(await start({ clientAllowedNames: ['a'] })).toEqual({
      ok: false,
      problems: ['--client-ca-file is missing: --client-allowed-names needs it'],
    });
  });

  test('is read again when it changes: a new authority, then without the old one; connections end after one answer', async () => {
    const { clientCaFile, caller, log, page } = await closed();
    const next = await clientAuthority('next');
    const [older, newer] = [caller(await clientPair(clients)), caller(await clientPair(next))];
    expect([(await older()).status, (await newer()).status]).toEqual([200, 403]);

    await replace(clientCaFile, clients.cert + next.cert);
    expect(await log.until('reloaded')).toMatchObject({ what: 'client_ca' });
    const answer = await older();
    expect([answer.status, answer.headers.connection]).toEqual([200, 'close']);
    expect((await older()).headers.connection).toBe('keep-alive');
    expect((await caller(await clientPair(next))()).status).toBe(200);

    await replace(clientCaFile, next.cert);
    await log.until('reloaded');
    expect((await older()).headers.connection).toBe('close');
    expect((await older()).status).toBe(403);
    expect((await page('/metrics')).body).toContain('reloads_total{what="client_ca",outcome="success"} 2\n');
  });

  test.each([
    ['', 'holds no certificate (PEM)'],
    ['nonsense', 'holds no certificate (PEM)'],
  ])('what is wrong with a later version changes nothing and is told: %j', async (content, problem) => {
    const { clientCaFile, caller, log, page } = await closed();
    await replace(clientCaFile, content);
    expect(await log.until('not reloaded: the version before stays in use')).toMatchObject({
      ...{ level: 'error', what: 'client_ca' },
      problems: [`${clientCaFile}: ${problem}`],
    });
    expect((await caller(await clientPair(clients))()).status).toBe(200);
    expect((await caller(undefined)()).status).toBe(401);
    expect((await page('/metrics')).body).toContain('last_reload_successful{what="client_ca"} 0\n');
    await replace(clientCaFile, clients.cert + strangers.cert);
    await log.until('reloaded');
    expect((await caller(await clientPair(strangers))()).status).toBe(200);
  });
});

test('a new serving certificate leaves the authorities as they are', async () => {
  const { settings, caller, log } = await closed();
  await writePair(settings.folder, await servingPair(3));
  expect(await log.until('reloaded')).toMatchObject({ what: 'certificate' });
  expect((await caller(undefined)()).status).toBe(401);
  expect((await caller(await clientPair(strangers))()).status).toBe(403);
  expect((await caller(await clientPair(clients))()).status).toBe(200);
});

test('a certificate that expires while its connection lasts is refused from then on', async () => {
  let ahead = 0;
  const { caller } = await closed({}, { now: () => Date.now() + ahead });
  const call = caller(await clientPair(clients, { until: 1 }));
  expect((await call()).status).toBe(200);
  ahead = 2 * 3_600_000;
  const answer = await call();
  expect([answer.status, messageOf(answer)]).toEqual([403, expect.stringContaining('expired on')]);
});

test('without the flag no certificate is asked for', async () => {
  const { webhook, post, page } = await running();
  const socket = connect({ host: '127.0.0.1', port: webhook.tlsAddress.port, ca: authority.cert });
  await once(socket, 'secureConnect');
  socket.destroy();
  expect((await post('/mutate', review('003'))).status).toBe(200);
  expect((await page('/')).body).toContain('Callers: whoever reaches the port\n');
});

/** What becomes of one request on a socket, which is closed then. */
async function asked(socket: TLSSocket): Promise<{ status: string; isReused: boolean }> {
  socket.write('POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  const isReused = socket.isSessionReused();
  socket.destroy();
  return { status: answer.toString().slice(9, 12), isReused };
}
