import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { authority } from './pair.ts';
import { running } from './running.ts';

const json = { 'content-type': 'application/json' };

function reviewOf(object: object): string {
  const request = {
    uid: 'u-1',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    operation: 'CREATE',
    namespace: 'shop',
  };
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: { ...request, object },
  });
}

const asking = { 'metrics-sidecar.io/inject': 'statsd' };
const spec = { containers: [{ name: 'app', image: 'app' }] };

test.each([
  [
    'a review above --review-limit',
    reviewOf({ metadata: { annotations: asking, x: 'x'.repeat(2 ** 20) }, spec }),
    'review_too_large',
  ],
  [
    'deeper JSON than any object',
    reviewOf({ metadata: { annotations: asking }, spec, x: 0 }).replace(
      '"x":0',
      `"x":${'['.repeat(40_000)}${']'.repeat(40_000)}`,
    ),
    'review_too_large',
  ],
  [
    'more values than any object',
    reviewOf({ metadata: { annotations: asking }, spec, x: Array.from({ length: 70_000 }, () => 1) }),
    'review_too_large',
  ],
  [
    'annotations above 256 KiB',
    reviewOf({ metadata: { annotations: { ...asking, 'metrics-sidecar.io/status': '['.repeat(262_144) } }, spec }),
    'annotations_too_large',
  ],
  [
    'a thousand containers',
    reviewOf({
      metadata: { annotations: asking },
      spec: { containers: Array.from({ length: 1000 }, (_, i) => ({ name: `c${i}` })) },
    }),
    'pod_too_large',
  ],
])('%s: admitted unread, with the uid, a warning and a counted reason', async (_, body, code) => {
  const { send, page, log } = await running();
  const answer = await send('/mutate', body, { method: 'POST', headers: json });
  expect(answer.status).toBe(200);
  const { apiVersion, response } = JSON.parse(answer.body);
  expect(apiVersion).toBe('admission.k8s.io/v1');
  expect(response).toEqual({ uid: 'u-1', allowed: true, warnings: [expect.any(String)] });
  expect(await log.until('decision')).toMatchObject({ uid: 'u-1', kind: 'Pod', outcome: 'unchanged', reasons: [code] });
  expect((await page('/metrics')).body).toContain(`metrics_sidecar_webhook_reasons_total{code="${code}"} 1\n`);
});

test('a body in gzip is refused, not read as it is', async () => {
  const { send } = await running();
  const headers = { ...json, 'content-encoding': 'gzip' };
  const answer = await send('/mutate', reviewOf({ spec }), { method: 'POST', headers });
  expect(answer).toMatchObject({ status: 415, body: expect.stringContaining('"UnsupportedMediaType"') });
});

test('an Expect that is not understood is answered 417, with a Status', async () => {
  const { send } = await running();
  const answer = await send('/mutate', undefined, { method: 'POST', headers: { ...json, expect: 'nonsense' } });
  expect(answer).toMatchObject({ status: 417, body: expect.stringContaining('"kind":"Status"') });
});

/** A connection that sends so much of a body and no more. */
async function unfinished(port: number, announced: number, sent: Buffer | string) {
  const socket = connectTls({ host: '127.0.0.1', port, ca: authority.cert });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  socket.write(
    `POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${announced}\r\n\r\n`,
  );
  socket.write(sent);
  return socket;
}

test('a caller that goes away in the middle of a body is incomplete, and no internal error', async () => {
  const { options, log, page } = await running();
  const socket = await unfinished(options.port, 1000, '{"kind"');
  socket.destroy();
  expect(await log.until('request refused')).toMatchObject({ code: 'incomplete' });
  const { body } = await page('/metrics');
  expect(body).toContain('metrics_sidecar_webhook_refused_requests_total{code="incomplete"} 1\n');
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('unfinished bodies above --bodies-limit: the largest is answered 429, a review that comes is answered', async () => {
  const { options, post } = await running({ bodiesLimit: 2 ** 20 });
  const first = await unfinished(options.port, 900_000, Buffer.alloc(800_000, ' '));
  const refused = once(first, 'data');
  await unfinished(options.port, 900_000, Buffer.alloc(700_000, ' '));
  const [chunk] = (await refused) as [Buffer];
  expect(chunk.toString()).toMatch(/^HTTP\/1\.1 429 .*retry-after: 1.*"TooManyRequests"/is);
  expect((await post('/mutate', JSON.parse(reviewOf({ metadata: { annotations: asking }, spec })))).status).toBe(200);
});

test('where there is no room the connection that asked nothing is closed for a new one, and counted', async () => {
  const { options, post, page, log, agent } = await running({ connections: 16 });
  await post('/mutate', JSON.parse(reviewOf({ spec })));
  const silent = [];
  for (let i = 0; i < 16; i++) {
    const socket = connectTls({ host: '127.0.0.1', port: options.port, ca: authority.cert });
    socket.on('error', () => {}).resume();
    onTestFinished(() => void socket.destroy());
    await once(socket, 'secureConnect');
    silent.push(socket);
  }
  if (!silent[0]!.closed) await once(silent[0]!, 'close');
  await post('/mutate', JSON.parse(reviewOf({ spec })));
  expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
  expect(await log.until('connections were closed to make room')).toMatchObject({ silent: 1, most: 16 });
  expect((await page('/metrics')).body).toMatch(/connections_closed_total\{doing="silent"\} [1-9]/);
});
