import { expect, test } from 'vitest';
import { runVersion } from '../../src/cli/commands/version-command.ts';
import { version } from '../../src/runtime/version.ts';
import { printed } from '../cli/printed.ts';

test.each([[[]], [['-o', 'text']], [['--output=text']]])('%j: one line', async (args) => {
  expect(await printed(runVersion, ...args)).toEqual({ code: 0, out: `metrics-sidecar ${version}\n`, err: '' });
});

test('-o json', async () => {
  const { code, out, err } = await printed(runVersion, '-o', 'json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toEqual({
    version,
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    statsd_exporter: expect.stringMatching(/^\d+\.\d+\.\d+$/),
  });
});

test.each([
  [['--client'], '--client: no such flag'],
  [['-o', 'yaml'], '--output: "yaml" is not one of text, json'],
  [['now'], 'unexpected argument "now": settings are flags, --name=value'],
])('%j is a wrong command line', async (args, problem) => {
  const { code, out, err } = await printed(runVersion, ...args);
  expect({ code, out, err }).toEqual({
    ...{ code: 2, out: '' },
    err: `metrics-sidecar: ${problem}\nTry "metrics-sidecar version --help".\n`,
  });
});
