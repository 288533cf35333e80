import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { image, podman, root, whatIsMissing } from './podman.ts';

/** A release is made for both. */
const [own, other] = process.arch === 'arm64' ? (['arm64', 'amd64'] as const) : (['amd64', 'arm64'] as const);
const folder = mkdtempSync(join(tmpdir(), 'metrics-sidecar-image-'));
const copy = join(folder, 'unix_dgram.node');
/** `e_machine` of an ELF file (elf(5)). */
const machines = { amd64: 62, arm64: 183 } as const;
const tag = `localhost/metrics-sidecar-test-${other}:${process.pid}`;

describe.skipIf(whatIsMissing())('the Dockerfile', () => {
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await podman('rmi', '-f', tag);
  });
  /** What the native part of an image is for; the image is not run for it. */
  const machineOf = async (name: string) => {
    const container = (await podman('create', '--pull=never', name)).trim();
    try {
      await podman('cp', `${container}:/app/unix_dgram.node`, copy);
      return readFileSync(copy).readUInt16LE(18);
    } finally {
      await podman('rm', container);
    }
  };
  const inspect = async (name: string, field: string) =>
    JSON.parse(await podman('image', 'inspect', '--format', `{{json ${field}}}`, name)) as unknown;

  test(`builds on ${own} for ${other}, without emulation`, async () => {
    // On an empty base, which holds no program of any architecture: a step of the last stage that ran one would fail.
    // BuildKit knows BUILDPLATFORM and TARGETARCH by itself, an older podman does not.
    const known = [`--build-arg=BUILDPLATFORM=linux/${own}`, `--build-arg=TARGETARCH=${other}`];
    const args = [...known, '--build-arg=BASE=scratch', `--platform=linux/${other}`];
    await podman('build', '-q', '--network=host', '--pull=never', ...args, '-t', tag, root);
    expect(await inspect(image, '.Architecture')).toBe(own);
    expect(await inspect(tag, '.Architecture')).toBe(other);
    for (const field of ['.Config.Entrypoint', '.Config.User', '.Config.StopSignal'])
      expect(await inspect(tag, field), field).toEqual(await inspect(image, field));
    expect(await machineOf(tag)).toBe(machines[other]);
    expect(await machineOf(image)).toBe(machines[own]);
  });
});
