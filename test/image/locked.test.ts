import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueCertificates } from '../../scripts/certificates.ts';
import { arbitrary, image, inside, locked, page, podman, whatIsMissing } from './podman.ts';

const users = [
  { what: 'the image’s own user', user: [] as string[], uid: 65532 },
  { what: 'a user that OpenShift hands out', user: [`--user=${arbitrary}`], uid: 1000660000 },
];

describe.skipIf(whatIsMissing()).each(users)('with a read-only root and no capability, as $what', ({ user, uid }) => {
  const running: string[] = [];
  let folder: string;
  const start = async (flags: readonly string[], ...args: string[]) => {
    const container = (
      await podman('run', '-d', ...locked, ...user, '--network=none', ...flags, image, ...args)
    ).trim();
    running.push(container);
    return container;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'metrics-sidecar-image-'));
    await issueCertificates({ folder, names: ['localhost'] });
    // As Kubernetes mounts a Secret for who does not run as root.
    await chmod(folder, 0o755);
    await chmod(join(folder, 'tls.key'), 0o644);
  });
  afterAll(async () => {
    if (running.length > 0) await podman('rm', '-f', '-t', '0', ...running);
    await rm(folder, { recursive: true, force: true });
  });

  test('all kinds serve their page, and end with 0 on SIGTERM', async () => {
    const container = await start(
      [],
      '--shutdown.scrape-wait=0s',
      'statsd',
      '+',
      'ingest',
      '+',
      'port-monitor',
      '+',
      'haproxy',
    );
    const text = await page(container, '9102/metrics');
    for (const name of [
      'statsd_exporter_lines_total',
      'ingest_clients',
      'port_monitor_sockets_used',
      'haproxy_sidecar_up',
    ])
      expect(text).toContain(`\n${name}`);
    expect(await inside(container, 'process.getuid()')).toBe(uid);
    expect(
      await inside(container, "(() => { try { fs.writeFileSync('/tmp/a', ''); } catch (e) { return e.code } })()"),
    ).toBe('EROFS');
    const status = (await inside(container, "fs.readFileSync('/proc/1/status', 'utf8')")) as string;
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    await podman('stop', '-t', '20', container);
    expect((await podman('wait', container)).trim()).toBe('0');
  });

  test('Unix datagrams are received: the native part loads, beside a program that has no packages', async () => {
    const socket = '/run/statsd/dsd.socket';
    // As Kubernetes mounts an emptyDir.
    const mount = '--mount=type=tmpfs,destination=/run/statsd,tmpfs-mode=1777';
    const container = await start([mount], 'statsd', `--statsd.listen-unixgram=${socket}`);
    await page(container, '9102/-/ready');
    const send = `(() => {
      const native = require('/app/unix_dgram.node');
      const descriptor = native.socket(native.AF_UNIX, native.SOCK_DGRAM, 0, () => {}, () => {});
      const line = Buffer.from('sent_by_datagram:3|c');
      const sent = native.sendto(descriptor, line, 0, line.length, '${socket}');
      native.close(descriptor);
      return sent;
    })()`;
    expect(await inside(container, send)).toBeGreaterThanOrEqual(0);
    await expect.poll(() => page(container, '9102/metrics'), { timeout: 10_000 }).toContain('\nsent_by_datagram 3\n');
  });

  test('the webhook becomes ready', async () => {
    const container = await start([`--volume=${folder}:/etc/metrics-sidecar/certs:ro`], 'webhook');
    expect(await page(container, '9102/readyz')).toMatch(/\S/);
    expect(await page(container, '9102/metrics')).toContain('metrics_sidecar_webhook_ready 1');
  });

  test('HAProxy’s configuration is written into its volume', async () => {
    const volume = await mkdtemp(join(folder, 'haproxy-'));
    await chmod(volume, 0o777);
    const mount = `--volume=${volume}:/etc/metrics-sidecar/haproxy`;
    await podman('run', '--rm', ...locked, ...user, '--network=none', mount, image, 'haproxy-config');
    expect(await readFile(join(volume, 'haproxy.cfg'), 'utf8')).toContain('\nfrontend ');
  });
});
