import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prometheusTargets } from '../../../src/check/checks/prometheus-targets.ts';
import type { Finding } from '../../../src/check/finding/finding.ts';
import { findingOf, injected, path, running, startCluster, type TestCluster, webPod } from '../cluster.ts';

interface Page {
  readonly activeTargets?: readonly object[];
  readonly droppedTargets?: readonly object[];
}

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.stop());

/** The finding of the check where Prometheus answers like this; `asked` gets the requests. */
async function withPrometheus(
  answer: { readonly status?: number; readonly body: string },
  asked: string[] = [],
  user = '',
): Promise<Finding> {
  const server = createServer((request, response) => {
    asked.push(`${request.headers.authorization ?? 'nobody'} ${request.url}`);
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' }).end(answer.body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const prometheus = `http://${user}127.0.0.1:${(server.address() as AddressInfo).port}/prom/`;
  const finding = await findingOf(prometheusTargets, cluster.context({ prometheus }));
  server.closeAllConnections();
  server.close();
  return { ...finding, message: finding.message.replace(/127\.0\.0\.1:\d+/, 'SERVER') };
}

const page = (data: Page) => ({ body: JSON.stringify({ status: 'success', data: { droppedTargets: [], ...data } }) });
const target = (scrapePool: string, health = 'up', lastError = '', at = '10.1.0.7:9102') => ({
  scrapePool,
  scrapeUrl: `http://${at}/metrics`,
  health,
  lastError,
});

describe('one injected pod', () => {
  const job = 'add the job of metrics-sidecar scrape-config, or a PodMonitor';
  test.each<[string, Page, Finding]>([
    [
      'is scraped once',
      { activeTargets: [target('pods'), target('pods', 'up', '', '10.1.0.8:9102')] },
      { result: 'ok', message: '1 injected pod, each an active target once', details: [] },
    ],
    [
      'is scraped by two jobs',
      { activeTargets: [target('pods'), target('metrics-sidecars')] },
      {
        result: 'warning',
        message: 'Prometheus scrapes 1 injected pod of 1 more than once: let one job scrape each',
        details: [
          'pod shop/web-5d9c7b6f4-x is scraped 2 times, by pods and metrics-sidecars: its series count twice; drop it from one of the jobs',
        ],
      },
    ],
    [
      'is down',
      { activeTargets: [target('pods', 'down', 'connection refused')] },
      {
        result: 'error',
        message: 'Prometheus does not get the metrics of 1 injected pod of 1: see the lines below',
        details: ['pod shop/web-5d9c7b6f4-x is down in job pods: connection refused'],
      },
    ],
    [
      'is scraped at another port only',
      { activeTargets: [target('pods', 'up', '', '10.1.0.7:8080')] },
      {
        result: 'error',
        message: 'Prometheus does not get the metrics of 1 injected pod of 1: see the lines below',
        details: [`pod shop/web-5d9c7b6f4-x is not a target: no job scrapes by the prometheus.io annotations; ${job}`],
      },
    ],
    [
      'is dropped by relabelling',
      {
        activeTargets: [],
        droppedTargets: [{ discoveredLabels: { __address__: '10.1.0.7:9102', job: 'pods' } }],
      },
      {
        result: 'error',
        message: 'Prometheus does not get the metrics of 1 injected pod of 1: see the lines below',
        details: [
          'pod shop/web-5d9c7b6f4-x is not a target: relabelling of job pods drops it; add the job of metrics-sidecar scrape-config',
        ],
      },
    ],
  ])('%s', async (_, data, finding) => {
    expect(await withPrometheus(page(data))).toEqual(finding);
  });

  test('its annotations are those of the application', async () => {
    const annotations = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' };
    cluster.api.put(path.pod('web-5d9c7b6f4-x'), running(injected(webPod('web-5d9c7b6f4-x', { annotations }))));
    const { details } = await withPrometheus(page({ activeTargets: [] }));
    expect(details).toEqual([
      `pod shop/web-5d9c7b6f4-x is not a target: its prometheus.io annotations are the application's; ${job}`,
    ]);
  });

  test.each([
    ['Istio serves our page with its own', [target('pods', 'up', '', '10.1.0.7:15020')], 'ok', []],
    ['and nobody scrapes it there', [], 'error', [expect.stringContaining('is not a target')]],
    [
      'and a PodMonitor scrapes ours as well',
      [target('pods', 'up', '', '10.1.0.7:15020'), target('metrics-sidecars')],
      'warning',
      [expect.stringContaining('is scraped 2 times, by metrics-sidecars and pods')],
    ],
  ])('%s', async (_, activeTargets, result, details) => {
    const pod = injected(webPod('web-5d9c7b6f4-x'));
    const { annotations } = pod.metadata as { annotations: Record<string, string> };
    const istio = { 'prometheus.io/port': '15020', 'prometheus.io/path': '/stats/prometheus' };
    const metadata = { ...(pod.metadata as object), annotations: { ...annotations, ...istio } };
    cluster.api.put(path.pod('web-5d9c7b6f4-x'), running({ ...pod, metadata }));
    expect(await withPrometheus(page({ activeTargets }))).toMatchObject({ result, details });
  });

  test('a mesh that came before us does not have our page', async () => {
    const annotations = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '15020' };
    cluster.api.put(path.pod('web-5d9c7b6f4-x'), running(injected(webPod('web-5d9c7b6f4-x', { annotations }))));
    const activeTargets = [target('pods', 'up', '', '10.1.0.7:15020')];
    expect(await withPrometheus(page({ activeTargets }))).toMatchObject({ result: 'error' });
  });

  test('is too young to be found, or does not run', async () => {
    cluster.set(path.pod('web-5d9c7b6f4-x'), 'status/phase', 'Pending');
    const young = webPod('young', { metadata: { creationTimestamp: '2026-05-31T23:59:45Z' } });
    cluster.api.put(path.pod('young'), running(injected(young), '10.1.0.8'));
    expect(await withPrometheus(page({ activeTargets: [] }))).toMatchObject({ result: 'ok' });
  });
});

test('IPv6', async () => {
  cluster.api.put(path.pod('web-5d9c7b6f4-x'), running(injected(webPod('web-5d9c7b6f4-x')), 'fd00::7'));
  const activeTargets = [target('pods', 'up', '', '[fd00::7]:9102')];
  expect(await withPrometheus(page({ activeTargets }))).toMatchObject({ result: 'ok' });
});

test('a path and a user of the URL are kept; dropped targets are asked for only where something is missing', async () => {
  const asked: string[] = [];
  await withPrometheus(page({ activeTargets: [target('pods')] }), asked, 'me:se%2Fcret@');
  await withPrometheus(page({ activeTargets: [] }), asked);
  expect(asked).toEqual([
    `Basic ${Buffer.from('me:se/cret').toString('base64')} /prom/api/v1/targets?state=active`,
    'nobody /prom/api/v1/targets?state=active',
    'nobody /prom/api/v1/targets?state=dropped',
  ]);
});

test.each([
  [{ status: 401, body: '' }, 'cannot read the targets of Prometheus at http://SERVER: it answers 401 Unauthorized'],
  [
    { body: '{"status":"success"}' },
    'cannot read the targets of Prometheus at http://SERVER: the answer is not one of Prometheus',
  ],
  [{ body: '<html>' }, /^cannot read the targets of Prometheus at http:\/\/SERVER: .*JSON/],
])('what is no answer of a Prometheus: %j', async (answer, message) => {
  expect(await withPrometheus(answer)).toEqual({
    result: 'error',
    message: message instanceof RegExp ? expect.stringMatching(message) : message,
    details: [],
  });
});

test('nothing listens', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  const finding = await findingOf(prometheusTargets, cluster.context({ prometheus: `http://127.0.0.1:${port}` }));
  expect(finding).toMatchObject({ result: 'error', message: expect.stringContaining('ECONNREFUSED') });
});

test('no address was given', async () => {
  expect(await findingOf(prometheusTargets, cluster.context())).toMatchObject({ result: 'skipped' });
});
