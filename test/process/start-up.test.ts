import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from '../../src/runtime/version.ts';
import { main } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'metrics-sidecar-start-up-'));
const hook = join(folder, 'loaded.cjs');
writeFileSync(
  hook,
  `process.on('exit', () => require('node:fs').writeFileSync(process.env.LOADED, Object.keys(require.cache).join('\\n')));\n`,
);

/** Runs the built program to its end; the chunks that it loaded. */
async function chunksOf(...args: string[]): Promise<{ out: string; chunks: readonly string[] }> {
  const list = join(folder, `${args.join('-')}.txt`);
  const env = { ...process.env, LOADED: list };
  const child = spawn(process.execPath, ['--require', hook, main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  await once(child, 'close');
  const chunks = readFileSync(list, 'utf8')
    .split('\n')
    .filter((file) => file !== hook);
  return { out, chunks: chunks.map((file) => basename(file)) };
}

interface Meta {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>;
}

const { outputs } = JSON.parse(readFileSync(join(main, '../meta.json'), 'utf8')) as Meta;

/** The sources that lie in chunks. */
function sources(chunks: readonly string[]): readonly string[] {
  return chunks.flatMap((chunk) => Object.keys(outputs[`dist/${chunk}`]?.inputs ?? {})).sort();
}

test('version loads the table of commands and nothing else: what is behind them comes when they run', async () => {
  const { out, chunks } = await chunksOf('version');
  expect(out).toBe(`metrics-sidecar ${version}\n`);
  expect(sources(chunks)).toEqual([
    'src/cli/command-table.ts',
    'src/cli/commands/version-command.ts',
    'src/cli/internal-error.ts',
    'src/cli/run-command-line.ts',
    'src/main.ts',
    'src/runtime/version.ts',
    'src/terminal/exit.ts',
  ]);
});

test.each([
  ['version', '-o', 'json'],
  ['reasons', 'not_asked'],
  ['annotations', 'inject'],
  ['help', 'webhook'],
  ['completion', 'fish'],
])('%s %s loads no package', async (...args) => {
  const { out, chunks } = await chunksOf(...args);
  expect(out).not.toBe('');
  expect(sources(chunks).filter((source) => source.includes('node_modules/'))).toEqual([]);
});

test.each([['help'], ['statsd', '--help'], ['help', 'haproxy']])(
  '%s %s loads neither a runtime nor a plan of a kind',
  async (...args) => {
    const { out, chunks } = await chunksOf(...args);
    expect(out).toMatch(/^Usage: metrics-sidecar /m);
    const parts = /^src\/(sidecar|statsd|ingest|port-monitor|haproxy|scrape|inject|kinds\/injection)\//;
    expect(sources(chunks).filter((source) => parts.test(source))).toEqual([]);
  },
);

test('who reads only the first line of a table is no reason to fail', async () => {
  const child = spawn(process.execPath, [main, 'metrics', '-o', 'json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdout.destroy();
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, err }).toEqual({ code: 0, err: '' });
});
