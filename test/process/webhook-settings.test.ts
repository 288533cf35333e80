import { mkdtempSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { servingPair } from '../webhook/pair.ts';
import { start } from './program.ts';

/** The six values that the chart passed and the webhook ended at, as the chart writes them. */
const wrong = `discovery: annotations
defaults:
  image: ""
  memory-limit: lots
  shutdown-grace-period: "5"
  statsd:
    summary-quantiles: 2
  ingest:
    body-limit: 8MB
  haproxy:
    image: foo:bar:baz
`;

test('a webhook that starts with a wrong settings file runs, is not ready, and becomes ready when it is corrected', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'metrics-sidecar-settings-'));
  const [settings, cert, key] = ['settings.yaml', 'tls.crt', 'tls.key'].map((name) => join(folder, name));
  const pair = await servingPair();
  writeFileSync(cert!, pair.cert);
  writeFileSync(key!, pair.key);
  writeFileSync(settings!, wrong);
  await using webhook = start([
    'webhook',
    '--listen-address=127.0.0.1:0',
    '--web.listen-address=127.0.0.1:0',
    `--tls-cert-file=${cert}`,
    `--tls-key-file=${key}`,
    `--settings=${settings}`,
    '--shutdown.grace-period=0s',
  ]);
  const { web } = (await webhook.said('listening')) as { web: { port: number } };
  const line = await webhook.said('not loaded: built-in defaults are in use, not ready until the file is corrected');
  expect((line as { problems: string[] }).problems).toHaveLength(6);
  const page = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${web.port}${path}`);
    return { status: response.status, body: await response.text() };
  };
  expect(await page('/healthz')).toMatchObject({ status: 200 });
  expect(await page('/readyz')).toMatchObject({
    status: 503,
    body: expect.stringMatching(
      /^the settings file cannot be used: .*: defaults\.image: .* \(and 5 more in the log\)\n$/,
    ),
  });
  expect((await page('/metrics')).body).toContain(
    'metrics_sidecar_webhook_last_reload_successful{what="settings"} 0\n',
  );

  await writeFile(`${settings}.new`, 'defaults: {memory-limit: 64Mi}');
  await rename(`${settings}.new`, settings!);
  await webhook.said('ready');
  expect(await page('/readyz')).toMatchObject({ status: 200 });
  expect(await webhook.stop()).toBe(0);
});
