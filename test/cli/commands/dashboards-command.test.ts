import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runDashboards } from '../../../src/cli/commands/dashboards-command.ts';
import { allDashboards, dashboardFile } from '../../../src/monitoring/all-dashboards.ts';
import { printed } from '../printed.ts';

const dashboards = await allDashboards();

const names = dashboards.map(({ name }) => name);
const folder = () => mkdtemp(join(tmpdir(), 'metrics-sidecar-dashboards-'));

test('lists what there is', async () => {
  const { code, out } = await printed(runDashboards);
  expect(code).toBe(0);
  expect(out.match(/^\S+/gm)).toEqual(names);
});

test.each(names)('prints %s', async (name) => {
  const { code, out, err } = await printed(runDashboards, name);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({ uid: name });
});

test('writes all of them into a directory that it makes', async () => {
  const directory = join(await folder(), 'new', 'one');
  const { code, out } = await printed(runDashboards, '--all', '-o', directory);
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect((await readdir(directory)).sort()).toEqual(names.map((name) => `${name}.json`).sort());
  expect(await readFile(join(directory, `${names[0]}.json`), 'utf8')).toBe(dashboardFile(dashboards[0]!));
});

test('writes one of them', async () => {
  const directory = await folder();
  expect(await printed(runDashboards, names[1]!, '-o', directory)).toMatchObject({ code: 0, out: '' });
  expect(await readdir(directory)).toEqual([`${names[1]}.json`]);
});

test('a directory that cannot be made is an unusable input', async () => {
  const file = join(await folder(), 'file');
  await writeFile(file, '');
  const { code, err } = await printed(runDashboards, '--all', '-o', join(file, 'below'));
  expect(code).toBe(3);
  expect(err).toContain('ENOTDIR');
});

test.each([
  [['metrics-sidecar-statds'], 'did you mean "metrics-sidecar-statsd"'],
  [['--all'], '--all: needs --output'],
  [['metrics-sidecar-statsd', '--all', '-o', 'x'], '--all takes no name'],
  [['-o', 'x'], '--output: needs the name of a dashboard'],
  [['metrics-sidecar-statsd', 'metrics-sidecar-ingest'], 'unexpected argument "metrics-sidecar-ingest"'],
  [['--verbose'], '--verbose: no such flag'],
])('%j is a wrong command line', async (args, problem) => {
  const { code, out, err } = await printed(runDashboards, ...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(problem);
});
