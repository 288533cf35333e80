import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/cli/version.ts';

const image = process.env.IMAGE ?? 'localhost/metrics-sidecar:dev';
const run = promisify(execFile);
const podman = async (...args: string[]) => (await run('podman', args)).stdout;

const missing = whatIsMissing();
if (missing !== '') {
  if (process.env.CI !== undefined) throw new Error(`test:image: ${missing}`);
  console.error(`\ntest:image SKIPPED: ${missing}\n`);
}

function whatIsMissing(): string {
  try {
    execFileSync('podman', ['image', 'exists', image], { stdio: 'ignore' });
    return '';
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return absent ? 'podman is not on the PATH' : `there is no image ${image}: podman build -t ${image} .`;
  }
}

describe.skipIf(missing)('the image', () => {
  let container: string;
  const inside = (expression: string) => podman('exec', container, '/nodejs/bin/node', '-p', expression);

  beforeAll(async () => {
    const flags = ['--read-only', '--cap-drop=all', '--security-opt=no-new-privileges', '--network=none'];
    container = (await podman('run', '-d', ...flags, image, 'statsd', '+', 'ingest', '+', 'port-monitor')).trim();
  });
  afterAll(() => podman('rm', '-f', '-t', '0', container));

  test('runs the program', async () => {
    expect(await podman('run', '--rm', '--network=none', image, 'version')).toBe(`metrics-sidecar ${version}\n`);
  });

  test('runs as 65532 with a read-only root and no capability, and serves its page', async () => {
    expect((await inside('process.getuid()')).trim()).toBe('65532');
    const ask =
      "fetch('http://127.0.0.1:9102/metrics').then((answer) => answer.text()).then((text) => console.log(text))";
    expect(await podman('exec', container, '/nodejs/bin/node', '-e', ask)).toContain(
      'port_monitor_ephemeral_ports_usable',
    );
  });

  test('holds no shell and no package, only the bundle', async () => {
    const exists = (path: string) => inside(`fs.existsSync(${JSON.stringify(path)})`).then((text) => text.trim());
    for (const path of ['/bin/sh', '/bin/bash', '/usr/bin/npm', '/app/node_modules'])
      expect(await exists(path), path).toBe('false');
    const files = JSON.parse(await inside("JSON.stringify(fs.readdirSync('/app'))")) as string[];
    expect(
      files.filter((file) => !/^(main|[\w.-]+-[A-Z0-9]{8})\.js(\.LEGAL\.txt)?$|^LICENSE$|^package\.json$/.test(file)),
    ).toEqual([]);
  });

  test('is no more than 15 MB larger than its base', async () => {
    const sizeOf = async (name: string) => Number(await podman('image', 'inspect', '--format', '{{.Size}}', name));
    const base = 'gcr.io/distroless/nodejs24-debian12:nonroot';
    expect((await sizeOf(image)) - (await sizeOf(base))).toBeLessThan(15e6);
  });

  test('ends with 0 on SIGTERM', async () => {
    await podman('stop', '-t', '20', container);
    expect((await podman('wait', container)).trim()).toBe('0');
  });
});
