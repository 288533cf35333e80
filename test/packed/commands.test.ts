import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allCommands } from '../../src/cli/command-table.ts';
import { run } from './program.ts';
import { scratch } from './scratch.ts';

const commands = await allCommands();

const examples = join(import.meta.dirname, '../../examples');
const folder = scratch();
const wrong = join(folder, 'wrong.yaml');
writeFileSync(
  wrong,
  `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  template:
    metadata:
      annotations:
        metrics-sidecar.io/inject: stastd
        statsd.metrics-sidecar.io/udp-prot: "8125"
        haproxy.metrics-sidecar.io/app-port: "80"
    spec:
      containers: [{name: app, image: app}]
`,
);
const mapping = join(folder, 'mapping.yml');
writeFileSync(mapping, 'mappings: [{match: "orders.*.done", name: orders_done, labels: {kind: $1}}, {match: "a.b"}]\n');

describe('commands that end', () => {
  test.each(commands.map(({ name }) => name))('%s --help', async (name) => {
    expect(await run([name, '--help'])).toMatchObject({ code: 0, err: '' });
  });

  test.each<[args: string[], code: number, out: RegExp]>([
    [['version', '-o', 'json'], 0, /"version"/],
    [['lint', examples], 0, /^$/],
    [['lint', wrong], 1, /wrong\.yaml:8:9: error: .*did you mean "statsd"/],
    [['lint', '-o', 'json', wrong], 1, /"code": "unknown_annotation"/],
    [['explain', wrong], 0, /did you mean/],
    [['explain', examples], 0, /Deployment\/statsd-app/],
    [['inject', wrong], 1, /"injected":false/],
    [['inject', '-o', 'diff', examples], 0, /metrics-sidecar/],
    [['uninject', examples], 0, /kind: Deployment/],
    [['validate', mapping], 1, /mapping\.yml:1:\d+: error/],
    [['map', '--mapping', mapping, 'orders.eu.done:1|c'], 1, /^$/],
    [['map', 'orders.done:1|c|#queue:eu', 'odd:1|x'], 1, /queue/],
    [['annotations'], 0, /udp-port/],
    [['reasons', 'bad_value'], 0, /bad_value/],
    [['metrics', 'ingest_*'], 0, /ingest_/],
    [['completion', 'bash'], 0, /complete/],
    [['completion', 'zsh'], 0, /compdef/],
    [['completion', 'fish'], 0, /complete/],
    [['scrape-config'], 0, /job_name/],
    [['alerts'], 0, /groups:/],
    [['dashboards'], 0, /statsd/],
    [['dashboards', 'metrics-sidecar-statsd'], 0, /"panels"/],
    [['haproxy-config', `--haproxy.config-file=${join(folder, 'haproxy.cfg')}`], 0, /written|^$/],
    [['statsd', '--check-config', `--statsd.mapping-config=${mapping}`], 1, /./],
    [['nothing-of-ours'], 2, /^$/],
    [['lint', join(folder, 'absent.yaml')], 3, /^$/],
  ])('%j', async (args, code, out) => {
    const ended = await run(args);
    expect(ended.err).not.toMatch(/\n\s+at .*\.js:/);
    expect(ended.code, ended.err).toBe(code);
    expect(out.test(ended.out), ended.out.slice(0, 300)).toBe(true);
  });

  test('inject, as Helm runs a post-renderer; uninject gives the text back', async () => {
    const input = `apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations: {metrics-sidecar.io/inject: statsd}\nspec:\n  containers:\n    - {name: a, image: b}\n`;
    const injected = await run(['inject', '-'], { input });
    expect(injected).toMatchObject({ code: 0, out: expect.stringContaining('--statsd.') });
    expect((await run(['uninject', '-'], { input: injected.out })).out).toBe(input);
  });
});

test('a bug ends with its own exit code and a few lines', async () => {
  const preload = join(folder, 'bug.cjs');
  writeFileSync(preload, 'process.stdout.write = () => { throw new TypeError("made by the test"); };\n');
  const { code, out, err } = await run(['annotations', 'udp-port'], { nodeArgs: ['--require', preload] });
  expect({ code, out }).toEqual({ code: 70, out: '' });
  expect(err).toMatch(/^metrics-sidecar: a bug in "annotations": TypeError: made by the test\n {4}at /);
  expect(err).toMatch(/\nmetrics-sidecar \S+, Node v\S+, \S+ \S+\nPlease report these lines: https:\S+\n$/);
  expect(err.length).toBeLessThan(8_000);
});
