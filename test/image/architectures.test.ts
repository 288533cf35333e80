import { afterAll, describe, expect, test } from 'vitest';
import { image, podman, root, whatIsMissing } from './podman.ts';

/** A release is made for both. */
const [own, other] = process.arch === 'arm64' ? ['arm64', 'amd64'] : ['amd64', 'arm64'];
const tag = `localhost/metrics-sidecar-test-${other}:${process.pid}`;

describe.skipIf(whatIsMissing())('the Dockerfile', () => {
  afterAll(() => podman('rmi', '-f', tag));
  const inspect = async (name: string, field: string) =>
    JSON.parse(await podman('image', 'inspect', '--format', `{{json ${field}}}`, name)) as unknown;

  test(`builds on ${own} for ${other}, without emulation`, async () => {
    // On an empty base, which holds no program of any architecture: a step of the last stage that ran one would fail.
    // BuildKit knows BUILDPLATFORM by itself, an older podman does not.
    const args = [`--build-arg=BUILDPLATFORM=linux/${own}`, '--build-arg=BASE=scratch', `--platform=linux/${other}`];
    await podman('build', '-q', '--network=host', '--pull=never', ...args, '-t', tag, root);
    expect(await inspect(image, '.Architecture')).toBe(own);
    expect(await inspect(tag, '.Architecture')).toBe(other);
    for (const field of ['.Config.Entrypoint', '.Config.User', '.Config.StopSignal'])
      expect(await inspect(tag, field), field).toEqual(await inspect(image, field));
  });
});
