import { once } from 'node:events';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { configure, emptySecret, host, mutatingPath } from '../certificates/cluster.ts';
import { startCluster } from '../check/cluster.ts';
import { startApiServer } from '../kube/api-server.ts';
import { review } from '../webhook/reviews.ts';
import { run, start } from './program.ts';
import { kubeconfigFor, scratch } from './scratch.ts';

const folder = scratch();

test('check and list read a cluster', async () => {
  const cluster = await startCluster();
  onTestFinished(() => cluster.stop());
  const kubeconfig = `--kubeconfig=${kubeconfigFor(cluster.api.url, folder)}`;
  for (const args of [['check'], ['check', '-o', 'json'], ['check', '--pre'], ['list'], ['list', '--missed']]) {
    const { code, out, err } = await run([...args, kubeconfig]);
    expect([0, 1], err).toContain(code);
    expect(out + err, args.join(' ')).toMatch(/kubernetes|web|every pod/);
    expect(err).not.toMatch(/\n\s+at .*\.js:/);
  }
});

test('the webhook issues its certificate, watches the cluster and answers a review', async () => {
  const server = await startApiServer();
  onTestFinished(() => server.stop());
  configure(server);
  emptySecret(server);
  await using webhook = start([
    ...['webhook', '--listen-address=127.0.0.1:0', '--web.listen-address=127.0.0.1:0'],
    ...['--certificates.mode=auto', '--certificates.secret=test/certs', `--certificates.names=${host}`],
    ...['--webhook-configuration=hook', '--cluster', '--shutdown.grace-period=0s'],
    `--kubeconfig=${kubeconfigFor(server.url, folder)}`,
  ]);
  const listening = (await webhook.said('listening')) as { tls: { port: number }; web: { port: number } };
  await webhook.said('ready');
  const { webhooks } = server.get(mutatingPath) as unknown as { webhooks: { clientConfig: { caBundle: string } }[] };
  const call = request({
    host: '127.0.0.1',
    port: listening.tls.port,
    servername: host,
    ca: Buffer.from(webhooks[0]!.clientConfig.caBundle, 'base64'),
    method: 'POST',
    path: '/mutate',
    headers: { 'content-type': 'application/json' },
  });
  call.end(JSON.stringify(review('01')));
  const [answer] = await once(call, 'response');
  expect(JSON.parse(await text(answer))).toMatchObject({ response: { allowed: true, uid: review('01').request.uid } });
  const metrics = await (await fetch(`http://127.0.0.1:${listening.web.port}/metrics`)).text();
  expect(metrics).toContain('metrics_sidecar_webhook_');
  expect(await webhook.stop()).toBe(0);
});
