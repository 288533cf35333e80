import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const src = join(root, 'src');

/**
 * Who may import whom, by folder of `src/`; `main` is `src/main.ts`. An arrow that is not here is an error, and so is
 * one here that nobody uses. `lazy` arrows have to be dynamic imports: what lies behind them is loaded by its command.
 */
const arrows: Readonly<
  Record<string, { eager: readonly string[]; lazy?: readonly string[]; packages?: readonly string[] }>
> = {
  main: { eager: ['cli'] },
  cli: {
    eager: [
      'flags',
      'contract',
      'exposition',
      'scrape',
      'net',
      'memory',
      'timing',
      'webhook',
      'haproxy',
      'check',
      'monitoring',
      'kube',
      'reference',
      'offline',
      'manifest',
      'settings',
      'files',
      'watchdog',
    ],
    lazy: ['statsd', 'ingest', 'port-monitor'],
  },
  webhook: {
    eager: [
      'settings',
      'inject',
      'json',
      'memory',
      'net',
      'memory',
      'timing',
      'certificates',
      'cluster',
      'files',
      'kube',
      'contract',
      'flags',
    ],
    packages: ['fastify', 'pino', 'prom-client'],
  },
  certificates: { eager: ['timing', 'kube', 'contract'], packages: ['@peculiar/x509', 'reflect-metadata'] },
  cluster: { eager: ['timing', 'kube', 'inject', 'contract'] },
  check: { eager: ['kube', 'certificates', 'inject', 'lists', 'contract', 'flags'] },
  monitoring: { eager: ['contract'], packages: ['js-yaml'] },
  kube: { eager: ['json', 'timing'], packages: ['@kubernetes/client-node'] },
  inject: { eager: ['json', 'contract', 'flags'], packages: ['fast-json-patch'] },
  settings: { eager: ['inject', 'contract', 'flags'], packages: ['js-yaml', 'zod'] },
  manifest: { eager: ['inject', 'yaml'], packages: ['yaml'] },
  offline: { eager: ['settings', 'manifest', 'inject', 'cluster', 'check', 'contract', 'flags'], lazy: ['statsd'] },
  statsd: {
    eager: ['scrape', 'exposition', 'files', 'lists', 'memory', 'yaml', 'contract', 'flags'],
    packages: ['re2js', 'unix-dgram', 'yaml'],
  },
  ingest: { eager: ['scrape', 'exposition', 'net', 'json', 'memory', 'contract', 'flags'] },
  'port-monitor': { eager: ['scrape', 'exposition', 'contract', 'flags'] },
  haproxy: { eager: ['scrape', 'contract', 'flags', 'files'] },
  reference: {
    eager: ['webhook', 'inject', 'statsd', 'ingest', 'port-monitor', 'scrape', 'exposition', 'contract', 'flags'],
  },
  scrape: { eager: ['exposition', 'memory', 'net'] },
  exposition: { eager: ['lists'] },
  files: { eager: [] },
  watchdog: { eager: [] },
  json: { eager: [] },
  lists: { eager: [] },
  memory: { eager: [] },
  timing: { eager: [] },
  net: { eager: [] },
  yaml: { eager: [], packages: ['yaml'] },
  contract: { eager: ['flags'] },
  flags: { eager: ['json'] },
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly how: 'eager' | 'lazy' | 'type';
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports = files.flatMap(importsOf);
const staticTargets = new Map(
  files.map((file) => [file, imports.filter(({ from, how }) => from === file && how !== 'lazy').flatMap(targetFile)]),
);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), 'utf8');
  const statics = [...text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)';/gm)];
  const dynamics = [...text.matchAll(/\bimport\('([^']+)'\)/g)];
  return [
    ...statics.map(([, type, to]) => ({ from: file, to: to!, how: type ? ('type' as const) : ('eager' as const) })),
    ...dynamics.map(([, to]) => ({ from: file, to: to!, how: 'lazy' as const })),
  ];
}

function folderOf(path: string): string {
  return path.includes('/') ? path.split('/')[0]! : path.replace(/\.ts$/, '');
}

/** The file of `src/` that an import leads to; none where it leads to a package. */
function targetFile({ from, to }: Import): readonly string[] {
  return to.startsWith('.') ? [join(dirname(from), to)] : [];
}

/** The folder that an import of `file` leads to, or undefined where it leads out of `src/`. */
function target({ from, to }: Import): string | undefined {
  if (!to.startsWith('.')) return undefined;
  return folderOf(relative(src, join(src, dirname(from), to)));
}

test('every folder of src/ is in the table', () => {
  expect(Object.keys(arrows).sort()).toEqual([...new Set(files.map(folderOf))].sort());
});

describe.each(Object.entries(arrows))('%s', (folder, { eager, lazy = [], packages = [] }) => {
  const own = imports.filter(({ from }) => folderOf(from) === folder);
  const across = own.filter((arrow) => target(arrow) !== undefined && target(arrow) !== folder);

  test('imports only what it may', () => {
    const wrong = across.filter(
      (arrow) => ![...eager, ...(arrow.how === 'eager' ? [] : lazy)].includes(target(arrow)!),
    );
    expect(wrong).toEqual([]);
  });

  test('uses every arrow it has', () => {
    expect([...new Set(across.map(target))].sort()).toEqual([...new Set([...eager, ...lazy])].sort());
  });

  test('uses only its packages', () => {
    const outside = own.filter(({ to }) => !to.startsWith('.') && !to.startsWith('node:'));
    expect([...new Set(outside.map(({ to }) => to))].sort()).toEqual([...packages].sort());
  });
});

/**
 * The sets of files that reach each other by static imports, those of types included: who reads one of them has to read
 * all of them. A dynamic import is an arrow that is followed later, so it closes no circle.
 */
function circles(): readonly (readonly string[])[] {
  const reached = new Map(files.map((file) => [file, reachedFrom(file)]));
  const sets = files
    .filter((file) => reached.get(file)!.has(file))
    .map((file) => [...reached.get(file)!].filter((other) => reached.get(other)!.has(file)).sort());
  return [...new Map(sets.map((set) => [set[0]!, set])).values()].sort(([a], [b]) => (a! < b! ? -1 : 1));
}

/** The files that imports lead to from `file`, over any number of others; `file` itself only where they lead back. */
function reachedFrom(file: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [file];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const to of staticTargets.get(next) ?? []) {
      if (found.has(to)) continue;
      found.add(to);
      open.push(to);
    }
  }
  return found;
}

test('no circles among files', () => {
  expect(circles()).toEqual([]);
});

test("Node's own modules are named with node:", () => {
  expect(imports.filter(({ to }) => builtinModules.includes(to))).toEqual([]);
});

test('no barrels: no file only hands on what others export', () => {
  expect(files.filter((file) => /^export (\*|\{[^}]*\}) from/m.test(readFileSync(join(src, file), 'utf8')))).toEqual(
    [],
  );
});

test('no files without a subject', () => {
  expect(files.filter((file) => /(^|\/)(index|utils?|helpers?|common|misc|types)\.ts$/.test(file))).toEqual([]);
});

test('no file has grown past its room', () => {
  const lines = (file: string) => readFileSync(join(src, file), 'utf8').split('\n').length;
  expect(files.filter((file) => lines(file) > 300)).toEqual([]);
  const sizes = files.map(lines).sort((a, b) => a - b);
  expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(100);
});

test('the environment, the clock and randomness are read at the edge alone', () => {
  const reads = /\bprocess\.env\b|\bDate\.now\(\)|\bnew Date\(\)|\bMath\.random\(\)/;
  const readers = files.filter((file) => {
    const code = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    return reads.test(code);
  });
  // A thread that outlives the event loop is a program of its own.
  expect(readers).toEqual(['main.ts', 'watchdog/watchdog-thread.ts']);
});
