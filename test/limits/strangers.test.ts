import { once } from 'node:events';
import { Agent } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { send } from '../webhook/running.ts';
import { describeLimited } from './cgroup.ts';
import { startLimitedSidecar, startLimitedWebhook } from './program.ts';

/**
 * A review on a connection of its own, asked again where that is reset: thousands come at the same time from the same
 * address.
 */
async function ask(port: number, ca: string, tries = 20): Promise<number | string> {
  const request = { uid: 'u', kind: { group: '', version: 'v1', kind: 'Pod' }, operation: 'CREATE', namespace: 'shop' };
  const object = {
    metadata: { annotations: { 'metrics-sidecar.io/inject': 'statsd' } },
    spec: { containers: [{ name: 'app' }] },
  };
  const body = JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: { ...request, object },
  });
  const options = { host: '127.0.0.1', port, path: '/mutate', method: 'POST', ca, agent: new Agent() };
  try {
    return await send({ ...options, headers: { 'content-type': 'application/json' } }, body).then((x) =>
      x.status === 200 ? 200 : JSON.stringify(x),
    );
  } catch (error) {
    return tries > 1 ? ask(port, ca, tries - 1) : String(error);
  }
}

/** The memory limit of the chart, MiB. */
const chart = 256;

/** Opens connections that end with the test; `opened` is done with each once it is there. */
function hold(count: number, open: () => Socket, event: string, opened: (socket: Socket) => void = () => {}): void {
  const sockets = Array.from({ length: count }, () => {
    const socket = open();
    return socket
      .on('error', () => {})
      .resume()
      .once(event, () => opened(socket));
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
}

/** A body of `bytes`, but for its last. */
const unfinished = (bytes: number) => (socket: Socket) => {
  const headers = `Content-Type: application/json\r\nContent-Length: ${bytes}`;
  socket.write(`POST /mutate HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n`);
  socket.write(Buffer.alloc(bytes - 1, ' '));
};

describeLimited('strangers at the webhook', () => {
  test.each<[mebibytes: number, name: string, count: number, attack: (socket: Socket) => void]>([
    [chart, 'connections that say nothing', 4000, () => {}],
    [chart, 'bodies of 1 MB, none finished', 1000, unfinished(1e6)],
    [64, 'connections that say nothing', 10_000, () => {}],
    [64, 'bodies of 1 MB, none finished', 1000, unfinished(1e6)],
    [64, 'bodies of 3 MiB, none finished', 1000, unfinished(3 * 2 ** 20)],
  ])(
    'in %i MiB, %s, %i: it lives, and a review is answered meanwhile and after',
    async (mebibytes, _, count, attack) => {
      await using webhook = await startLimitedWebhook(mebibytes);
      const { port, ca } = webhook;
      const review = () => ask(port, ca);
      expect(await review()).toBe(200);
      hold(count, () => connectTls({ port, host: '127.0.0.1', ca }), 'secureConnect', attack);
      for (let i = 0; i < 20; i++) expect(await review()).toBe(200);
      expect(webhook.ended()).toBe(undefined);
      expect(webhook.group.kills()).toBe(0);
    },
  );
});

describeLimited('strangers at the webhook in 64 MiB', () => {
  const body = JSON.stringify({
    ...{ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' },
    request: { uid: 'u', kind: { group: '', version: 'v1', kind: 'Pod' }, object: { x: 'x'.repeat(3 * 2 ** 20) } },
  });
  const head = 'POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';

  test.each([
    ['announced', `${head}Content-Length: ${body.length}\r\n\r\n${body}`],
    ['not announced', `${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
  ])('1,000 bodies of 3 MiB at once, %s: it lives, and four callers are answered meanwhile', async (_, request) => {
    await using webhook = await startLimitedWebhook(64);
    const { port, ca } = webhook;
    const bytes = Buffer.from(request);
    hold(
      1000,
      () => connectTls({ port, host: '127.0.0.1', ca }),
      'secureConnect',
      (socket) => void socket.write(bytes),
    );
    const caller = async () => {
      for (let i = 0; i < 150; i++) expect(await ask(port, ca)).toBe(200);
    };
    await Promise.all([caller(), caller(), caller(), caller()]);
    expect(webhook.ended()).toBe(undefined);
    expect(webhook.group.kills()).toBe(0);
  });
});

describeLimited('strangers at a sidecar in 64 MiB', () => {
  test('2,000 connections that say nothing: every scrape is answered', async () => {
    await using sidecar = await startLimitedSidecar(64);
    const { web: port } = sidecar;
    hold(2000, () => connect({ port, host: '127.0.0.1' }), 'connect');
    const last = connect({ port, host: '127.0.0.1' });
    await once(last, 'connect');
    last.destroy();
    for (let i = 0; i < 20; i++) expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
    const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(page).toMatch(/^metrics_sidecar_connections_closed_total\{doing="silent"\} [1-9]/m);
    expect(sidecar.group.kills()).toBe(0);
  });
});
