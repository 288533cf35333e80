import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/runtime/version.ts';
import { base, image, inside, podman, whatIsMissing } from './podman.ts';

interface Component {
  readonly name: string;
  readonly version: string;
}

describe.skipIf(whatIsMissing())('what is in the image', () => {
  let container: string;
  const text = async (file: string) => (await inside(container, `fs.readFileSync('/app/${file}', 'utf8')`)) as string;
  const config = async (field: string) =>
    JSON.parse(await podman('image', 'inspect', '--format', `{{json ${field}}}`, image)) as unknown;

  beforeAll(async () => {
    container = (await podman('run', '-d', '--network=none', image, 'port-monitor')).trim();
  });
  afterAll(() => podman('rm', '-f', '-t', '0', container));

  test('runs the program', async () => {
    expect(await podman('run', '--rm', '--network=none', image, 'version')).toBe(`metrics-sidecar ${version}\n`);
  });

  test('says what it is, how it is stopped and as whom it runs', async () => {
    expect(await config('.Labels')).toMatchObject({
      'org.opencontainers.image.title': 'metrics-sidecar',
      'org.opencontainers.image.description': expect.stringMatching(/./),
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.revision': expect.stringMatching(/./),
      'org.opencontainers.image.source': expect.stringMatching(/./),
    });
    expect(await config('.Config.StopSignal')).toBe('SIGTERM');
    expect(await config('.Config.User')).toBe('65532:65532');
  });

  test('holds no shell and no package, only the bundle', async () => {
    for (const path of ['/bin/sh', '/bin/bash', '/usr/bin/npm', '/nodejs/bin/npm', '/app/node_modules'])
      expect(await inside(container, `fs.existsSync('${path}')`), path).toBe(false);
    const files = (await inside(container, "fs.readdirSync('/app', { recursive: true })")) as string[];
    const bundle = /^(main|sidecar|kind-commands|[a-z]+-(?:worker|thread)|[\w.-]+-[A-Z0-9]{8})\.js(\.LEGAL\.txt)?$/;
    expect(files.filter((file) => !bundle.test(file)).sort()).toEqual([
      'LICENSE',
      'THIRD-PARTY-NOTICES.txt',
      'package.json',
      'sbom.cdx.json',
      'unix_dgram.node',
    ]);
  });

  test('names every package it is made of, with its licence', async () => {
    const { components } = JSON.parse(await text('sbom.cdx.json')) as { components: Component[] };
    const notices = await text('THIRD-PARTY-NOTICES.txt');
    const names = components.map(({ name }) => name);
    // The last two are compiled in.
    for (const name of ['fastify', 'unix-dgram', 'nan']) expect(names).toContain(name);
    const unnamed = components.filter((each) => !notices.includes(`\n\n${each.name} ${each.version} (`));
    expect(unnamed).toEqual([]);
    expect(notices).toContain('Permission is hereby granted, free of charge');
    expect(notices).toContain('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION');
  });

  test('is no more than 15 MB larger than its base', async () => {
    const sizeOf = async (name: string) => Number(await podman('image', 'inspect', '--format', '{{.Size}}', name));
    const [whole, below] = await Promise.all([sizeOf(image), sizeOf(base)]);
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
    console.log(`${image}: ${megabytes(whole)} MB, ${megabytes(whole - below)} MB more than ${base}`);
    expect(whole - below).toBeLessThan(15e6);
  });
});
