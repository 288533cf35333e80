import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from '../../src/runtime/version.ts';
import { folder } from '../webhook/folder.ts';
import { runToEnd } from './program.ts';

const said = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; message: string; problem?: string; line?: number });

/** `statsd --check-config` with this mapping file. */
async function check(mapping: string, ...flags: readonly string[]) {
  const file = join(await folder(), 'mapping.yml');
  await writeFile(file, mapping);
  const { code, out, err } = await runToEnd('statsd', '--check-config', `--statsd.mapping-config=${file}`, ...flags);
  return { code, err, file, log: said(out) };
}

test('a file that is right: 0, and nothing is opened', async () => {
  const { code, err, log } = await check('mappings:\n- {match: a.b, name: x}\n', '--statsd.listen-tcp=');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(log.map(({ message }) => message)).toEqual([
    'statsd: mapping loaded',
    'statsd: configuration check successful',
  ]);
});

test('a file that is wrong: 1, and where', async () => {
  const { code, file, log } = await check('mappings:\n- {match: a.b}\n');
  expect(code).toBe(1);
  expect(log.find(({ level }) => level === 'error')).toMatchObject({ line: 2 });
  expect(log.at(-1)!.problem).toMatch(`${file}:2:`);
});

test('an unknown key is wrong where the file is read strictly', async () => {
  const mapping = 'mappings:\n- {match: a.b, name: x, nmae: y}\n';
  expect(await check(mapping)).toMatchObject({ code: 0, log: [{ level: 'warn', line: 2 }, {}, {}] });
  expect(await check(mapping, '--statsd.strict-config')).toMatchObject({ code: 1 });
});

test('a file that is missing: 1, even where one may come later', async () => {
  const missing = '--statsd.mapping-config=/etc/metrics-sidecar/mapping/none.yml';
  expect(await runToEnd('statsd', '--check-config', missing)).toMatchObject({ code: 1 });
});

test('no file: 0; an address that is taken does not matter', async () => {
  const { code, out } = await runToEnd('statsd', '--check-config', '--web.listen-address=192.0.2.1:1');
  expect({ code, log: said(out).map(({ message }) => message) }).toEqual({
    code: 0,
    log: ['statsd: configuration check successful'],
  });
});

test('--version among the flags of a sidecar', async () => {
  expect(await runToEnd('statsd', '--log.level=warn', '--version')).toMatchObject({
    code: 0,
    out: `metrics-sidecar ${version}\n`,
  });
});
