import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import type { Printed } from '../cli/printed.ts';

/** The list of kinds is extended where the program starts: a process of its own for each test. */
function start(script: string, args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function run(script: string, args: readonly string[], input = '') {
  const child = start(script, args);
  const texts = { out: '', err: '' };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (texts.err += text));
  child.stdin!.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...texts };
}

/** Runs command lines, with a text for the standard input of each. */
async function commands(...lines: readonly (readonly [args: string, input?: string])[]): Promise<readonly Printed[]> {
  const input = lines.map(([args, text = '']) => [args.split(' '), text]);
  const { out, err } = await run('fixture-commands.ts', [], JSON.stringify(input));
  expect(err).toBe('');
  return JSON.parse(out) as readonly Printed[];
}

const pod = `apiVersion: v1
kind: Pod
metadata:
  name: orders
  annotations:
    metrics-sidecar.io/inject: statsd,fixture
    statsd.metrics-sidecar.io/mapping-share: /etc/statsd
    fixture.metrics-sidecar.io/directory: /srv/fixture
spec:
  containers:
    - name: orders
      image: orders:1
`;

test('a kind is injected, its directory beside that of another kind, and taken back', async () => {
  const [injected] = await commands(['inject -', pod]);
  expect(injected).toMatchObject({ code: 0, err: expect.stringContaining('injected: statsd, fixture') });
  expect(injected!.out).toContain(`      volumeMounts:
        - name: metrics-sidecar-mapping
          mountPath: /etc/statsd
        - name: metrics-sidecar-fixture
          mountPath: /srv/fixture
`);
  expect(injected!.out).toContain(`        - "+"
        - fixture
`);
  expect(injected!.out).toContain('"kinds":["statsd","fixture"]');
  const [uninjected] = await commands(['uninject -', injected!.out]);
  expect(uninjected).toMatchObject({ code: 0, out: pod });
});

test('its runtime runs beside another and shows its metric', async () => {
  const shared = ['--web.listen-address=127.0.0.1:0', '--watchdog=0s', '--shutdown.grace-period=0s'];
  const kinds = ['port-monitor', '+', 'fixture', '--fixture.pause=3s'];
  const sidecar = start('fixture-program.ts', [...shared, ...kinds]);
  const exit = once(sidecar, 'exit');
  for await (const line of createInterface(sidecar.stdout!)) {
    const { message, kinds: running, address } = JSON.parse(line);
    if (message !== 'ready') continue;
    expect(running).toEqual(['port-monitor', 'fixture']);
    const page = await (await fetch(`http://127.0.0.1:${address.port}/metrics`)).text();
    expect(page).toContain('\nfixture_pause_seconds 3\n');
    sidecar.kill('SIGINT');
  }
  expect(await exit).toEqual([0, null]);
});

test('its annotation is linted and explained', async () => {
  const [wrong, unknown, explained] = await commands(
    ['lint -', pod.replace('/srv/fixture', 'srv')],
    ['lint -', pod.replace('io/directory', 'io/dirctory')],
    ['explain -', pod.replace(/^ *fixture\..*\n/m, '')],
  );
  const finding = /^-:8:5: error: .*fixture\.metrics-sidecar\.io\/directory: wrong value: "srv" is not /;
  expect(wrong).toMatchObject({ code: 1, out: expect.stringMatching(finding) });
  expect(unknown!.out).toContain('did you mean fixture.metrics-sidecar.io/directory?');
  expect(explained!.out).toContain('fixture.metrics-sidecar.io/directory: /var/fixture (default)');
  expect(explained!.out).toContain('fixture: nothing but its own metric, beside fixture_pause_seconds');
});

test('shells complete it and its flag', async () => {
  const scripts = await commands(['completion bash'], ['completion zsh'], ['completion fish']);
  for (const { out } of scripts) {
    expect.soft(out).toMatch(/\bport-monitor'? '?haproxy'? '?fixture\b/);
    expect.soft(out).toMatch(/fixture\.pause/);
  }
});

test('command lines know it', async () => {
  const [mistyped, help, metrics, annotations] = await commands(
    ['statsd + fixtre'],
    ['help fixture'],
    ['metrics fixture*'],
    ['annotations directory'],
  );
  expect(mistyped!.err).toContain('"fixtre" is no kind; did you mean "fixture"?');
  expect(help!.out).toContain('--fixture.pause=DURATION');
  expect(metrics!.out).toContain('fixture_pause_seconds');
  expect(annotations!.out).toContain('fixture.metrics-sidecar.io/directory');
});

test('the docs and the chart have it', async () => {
  const { code, out, err } = await run('fixture-docs.ts', []);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const texts = JSON.parse(out) as Readonly<Record<string, string>>;
  const rows = {
    'docs/annotations.md': '\n## fixture\n\n<!-- fixture: made from the code by npm run docs -->\n\n| Annotation |',
    'docs/flags.md': '| `--fixture.pause` | a duration',
    'docs/metrics.md': '| `fixture_pause_seconds` | gauge |',
    'docs/cli.md': '`metrics-sidecar [SHARED FLAGS] fixture [FLAGS]',
    'charts/metrics-sidecar/values.yaml': '  # -- Defaults of `fixture.metrics-sidecar.io/<setting>`.\n  fixture: {}\n',
    'charts/metrics-sidecar/README.md': '| `sidecars.fixture` | `{}` |',
    'charts/metrics-sidecar/files/alerts.yaml': 'name: metrics-sidecar-fixture',
    'charts/metrics-sidecar/files/dashboards/metrics-sidecar-fixture.json': '"title": "Fixture"',
  };
  for (const [file, row] of Object.entries(rows)) expect.soft(texts[file], file).toContain(row);
  const schema = JSON.parse(texts['charts/metrics-sidecar/values.schema.json']!);
  const { annotations, fixture } = schema.properties.sidecars.properties;
  expect(annotations.properties.kinds.items.enum).toContain('fixture');
  expect(Object.keys(fixture.properties)).toEqual(['directory']);
});
