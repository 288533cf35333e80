import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, type Import, reachedFrom, readSources, roomOf, targetFile } from '../scripts/arrows.ts';

const root = join(import.meta.dirname, '..');
const src = join(root, 'src');

/**
 * Who imports whom, by folder of `src/`: a file that is read like a table. An arrow that is not in it fails, and so
 * does one that nobody uses any longer: `UPDATE_GOLDENS=1 npm test -- test/architecture.test.ts` writes it again, and
 * its diff shows each new arrow to the reader of the change. `lazy` arrows are dynamic imports alone: the code behind
 * them is loaded when its command runs.
 */
const arrows = join(root, 'test/golden/architecture.txt');

/** Files in one folder that a reader can know. A wider room is here with its reason. */
const mostFiles = 20;
const wide: Readonly<Record<string, string>> = {};

/** Packages that one room alone may load: each is large, or private to what the room does. Types load nothing. */
const owners: Readonly<Record<string, string>> = {
  '@kubernetes/client-node': 'kube',
  '@peculiar/x509': 'certificates',
  fastify: 'webhook',
  'prom-client': 'webhook',
  re2js: 'statsd',
  'fast-json-patch': 'inject',
};

const { files, imports } = readSources(src);
const staticTargets = new Map(
  files.map((file) => [file, imports.filter(({ from, how }) => from === file && how !== 'lazy').flatMap(targetFiles)]),
);

function targetFiles(arrow: Import): readonly string[] {
  const file = targetFile(arrow);
  return file === undefined ? [] : [file];
}

/** The folder that an import leads to, or undefined where it leads to a package. */
function target(arrow: Import): string | undefined {
  const file = targetFile(arrow);
  return file === undefined ? undefined : folderOf(file);
}

/** A folder and the folders and packages that its files import, as the table says it. */
function row(folder: string): string {
  const own = imports.filter(({ from }) => folderOf(from) === folder);
  const across = own.filter((arrow) => target(arrow) !== undefined && target(arrow) !== folder);
  const eager = sorted(across.filter(({ how }) => how !== 'lazy').map((arrow) => target(arrow)!));
  const lazy = sorted(across.map((arrow) => target(arrow)!)).filter((name) => !eager.includes(name));
  const external = own.filter(({ to }) => !to.startsWith('.') && !to.startsWith('node:'));
  const packages = sorted(external.filter(({ how }) => how !== 'type').map(({ to }) => to));
  const types = sorted(external.map(({ to }) => to)).filter((name) => !packages.includes(name));
  const lines = [
    ['', eager],
    ['lazy: ', lazy],
    ['packages: ', packages],
    ['types of: ', types],
  ] as const;
  return [
    folder,
    ...lines.filter(([, names]) => names.length > 0).map(([head, names]) => `  ${head}${names.join(' ')}`),
  ]
    .join('\n')
    .concat('\n');
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

const folders = sorted(files.map(folderOf));

test('the arrows between folders are those of the table', () => {
  const table = folders.map(row).join('');
  if (process.env['UPDATE_GOLDENS']) writeFileSync(arrows, table);
  expect(table).toBe(readFileSync(arrows, 'utf8'));
});

test('docs/architecture.md has a sentence for every room', () => {
  const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const named = [...text.matchAll(/^- ((?:`[a-z-]+\/?`(?:, )?)+):/gm)].flatMap(([, names]) => names!.split(', '));
  expect(named.map((name) => name.replaceAll(/[`/]/g, '')).sort()).toEqual(sorted(files.map(roomOf)));
});

test('every file and folder that docs/architecture.md names exists', () => {
  const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const named = [...text.matchAll(/`((?:src\/)?[a-z-]+(?:\/[a-z-]+)+)(?:\.ts)?`/g)].map(([, path]) => path!);
  const places = new Set([...files.map((file) => file.replace(/\.ts$/, '')), ...folders]);
  const exists = (path: string) =>
    path.startsWith('test/') ? existsSync(join(root, `${path}.ts`)) : places.has(path.replace(/^src\//, ''));
  expect(named.filter((path) => !exists(path))).toEqual([]);
});

/** The files of each table of steps in docs/architecture.md, in the order of the steps. */
function walks(): readonly (readonly string[])[] {
  const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const tables = text.split(/^\| Step \|.*\n\| ---.*\n/m).slice(1);
  return tables.map((table) => {
    const rows = table.slice(0, table.search(/^(?!\|)/m)).split('\n');
    return rows.flatMap((line) =>
      [...(line.split('|')[2] ?? '').matchAll(/`([^`]+)`/g)].map(([, path]) => `${path}.ts`),
    );
  });
}

test('each file of a walk in docs/architecture.md imports one before it, or one before it imports it', () => {
  const arrow = (from: string, to: string) => imports.some((one) => one.from === from && targetFile(one) === to);
  const strays = walks().flatMap((walk) =>
    walk.filter((file, i) => {
      const before = walk.slice(0, i);
      return i > 0 && !before.some((other) => other === file || arrow(file, other) || arrow(other, file));
    }),
  );
  expect(walks().map((walk) => walk.length > 5)).not.toContain(false);
  expect(strays).toEqual([]);
});

test('packages that one room owns are loaded there alone', () => {
  const loaded = imports.filter(
    ({ from, to, how }) => how !== 'type' && owners[to] !== undefined && owners[to] !== roomOf(from),
  );
  expect(loaded).toEqual([]);
});

test('no circles among folders', () => {
  const next = new Map(folders.map((folder) => [folder, [] as string[]]));
  for (const arrow of imports) {
    const to = target(arrow);
    if (to !== undefined && to !== folderOf(arrow.from) && arrow.how !== 'lazy')
      next.get(folderOf(arrow.from))!.push(to);
  }
  expect(circles(next)).toEqual([]);
});

test(`no folder holds more than ${mostFiles} files, but for those that say why`, () => {
  const wider = folders.filter((folder) => files.filter((file) => folderOf(file) === folder).length > mostFiles);
  expect(wider).toEqual(Object.keys(wide).sort());
});

/**
 * The sets of nodes that reach each other by static imports, those of types included: who reads one of them has to read
 * all of them. A dynamic import is an arrow that is followed later, so it closes no circle.
 */
function circles(next: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const nodes = [...next.keys()];
  const reached = new Map(nodes.map((node) => [node, reachedFrom(node, next)]));
  const sets = nodes
    .filter((node) => reached.get(node)!.has(node))
    .map((node) => [...reached.get(node)!].filter((other) => reached.get(other)!.has(node)).sort());
  return [...new Map(sets.map((set) => [set[0]!, set])).values()].sort(([a], [b]) => (a! < b! ? -1 : 1));
}

test('no circles among files', () => {
  expect(circles(staticTargets)).toEqual([]);
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
