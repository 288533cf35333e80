import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { issueCertificates } from '../../scripts/certificates.ts';
import { type ReasonCode, reasons } from '../../src/inject/outcome/reasons.ts';
import { createMetrics } from '../../src/webhook/metrics/webhook-metrics.ts';
import { start } from '../process/program.ts';
import { observed } from '../webhook/observed.ts';

const promtool = process.env.PROMTOOL ?? 'promtool';
const missing =
  spawnSync(promtool, ['--version']).status === 0 ? '' : 'no promtool (PATH or PROMTOOL): no page was checked';
if (missing !== '') {
  if (process.env.CI !== undefined) throw new Error(`test:peer: ${missing}`);
  console.error(`\ntest:peer SKIPPED: ${missing}\n`);
}

/** What `promtool check metrics` says of a page, and its exit code. */
async function check(page: string): Promise<{ code: number | null; said: string }> {
  const child = spawn(promtool, ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdin.end(page);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

const page = async (host: string, port: number) => (await fetch(`http://${host}:${port}/metrics`)).text();

describe.skipIf(missing)('promtool check metrics has nothing to say', () => {
  test("of the combined sidecar's page", async () => {
    await using program = start([
      ...['--web.listen-address=127.0.0.1:0', '--shutdown.grace-period=0s'],
      ...['statsd', '--statsd.listen-udp=127.0.0.1:0', '--statsd.listen-tcp=127.0.0.1:0'],
      ...[
        '+',
        'ingest',
        '--ingest.listen-address=127.0.0.1:0',
        '+',
        'port-monitor',
        '+',
        'haproxy',
        '--haproxy.exporter-port=1',
      ],
    ]);
    const { address } = (await program.said('ready')) as { address: { host: string; port: number } };
    // The second page has the metrics of the first one too.
    await page(address.host, address.port);
    const text = await page(address.host, address.port);
    expect(text).toMatch(/^metrics_sidecar_scrapes_total/m);
    expect(await check(text)).toEqual({ code: 0, said: '' });
  });

  test("of the webhook's page", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'metrics-sidecar-certs-'));
    await issueCertificates({ folder, names: ['127.0.0.1'] });
    await using program = start([
      ...['webhook', '--listen-address=127.0.0.1:0', '--web.listen-address=127.0.0.1:0', '--shutdown.grace-period=0s'],
      ...[`--tls-cert-file=${join(folder, 'tls.crt')}`, `--tls-key-file=${join(folder, 'tls.key')}`],
    ]);
    const { web } = (await program.said('listening')) as { web: { host: string; port: number } };
    expect(await check(await page(web.host, web.port))).toEqual({ code: 0, said: '' });
  });

  test('of a page of the webhook with a series of every metric', async () => {
    const watching = {
      caBundleSynced: () => true,
      clockAhead: () => 0,
      authorityExpires: () => 1000,
      clientExpires: () => 1000,
      sources: () => [{ resource: 'nodes' as const, synced: true, confirmed: 1000, problem: undefined }],
      missed: () => ({ count: 1, at: 1000 }),
    };
    const metrics = createMetrics(observed({ watching }));
    for (const code of Object.keys(reasons) as ReasonCode[]) {
      metrics.countDecision({
        ...{ path: 'mutate', kind: 'Pod', dryRun: false, patchBytes: 900, seconds: 0.0002 },
        decision: {
          verdict: 'injected',
          answer: { allowed: true, patch: [{ op: 'add', path: '/x', value: 1 }], warnings: ['one', 'two'] },
          kinds: ['statsd', 'ingest'],
          reasons: [{ code, subject: '', detail: '' }],
        },
      });
    }
    metrics.refused('not_json');
    metrics.handshakeFailed();
    metrics.loaded('certificate', 1);
    metrics.certificateExpires(2);
    expect(await check(await metrics.page())).toEqual({ code: 0, said: '' });
  });
});
