import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tables, withTable } from '../scripts/docs-tables.ts';
import { allCommands } from '../src/cli/command-table.ts';
import { label, managedAnnotation, prefix, rotateAnnotation } from '../src/contract/names.ts';
import { serviceAnnotations } from '../src/contract/service-annotations.ts';
import type { FlagTable } from '../src/flags/flag.ts';
import { podAnnotations } from '../src/kinds/annotations.ts';

const commands = await allCommands();
const generated = await tables();

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'RELEASING.md',
  'charts/metrics-sidecar/README.md',
  'examples/README.md',
  'webhook-certs/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];
const examples = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.yaml'));

describe('the tables of the docs are those of the code (npm run docs)', () => {
  test.each(generated.map((table) => [table.file, table.mark, table.text]))('%s: %s', (file, mark, text) => {
    const document = read(file);
    expect(withTable(document, { mark, text })).toBe(document);
  });
});

describe('what the docs speak of exists', () => {
  const known = new Set([
    ...podAnnotations.keys(),
    ...Object.values(serviceAnnotations).map(({ key }) => key),
    ...Object.values(managedAnnotation),
    ...Object.values(label),
    rotateAnnotation,
  ]);

  test.each([...documents, ...examples.map((file) => `examples/${file}`)])('annotations in %s', (file) => {
    const pattern = new RegExp(`(?<![\\w./-])(?:[a-z-]+\\.)?${prefix.replace('.', '\\.')}/[a-z][a-z-]*[a-z]`, 'g');
    const unknown = [...read(file).matchAll(pattern)].map(([key]) => key).filter((key) => !known.has(key));
    expect(unknown).toEqual([]);
  });

  test.each(documents)('flags in %s', async (file) => {
    const groups = (await Promise.all(commands.map(({ flags }) => flags()))).flat() as (readonly [string, FlagTable])[];
    const names = new Set(groups.flatMap(([, table]) => Object.values(table).map(({ name }) => name)));
    // Flags with a dot: `--web.listen-address`, `--statsd.listen-udp`. Flags without one are those of other programs
    // too.
    const heads = new Set([...names].filter((name) => name.includes('.')).map((name) => name.split('.')[0]!));
    const pattern = new RegExp(`--(?:no-)?((?:${[...heads].join('|')})(?:\\.[a-z]+(?:-[a-z]+)*)+)`, 'g');
    const ours = [...read(file).matchAll(pattern)];
    expect(ours.map(([, name]) => name).filter((name) => !names.has(name!))).toEqual([]);
  });

  test.each(documents)('links in %s lead somewhere', (file) => {
    const folder = join(root, file, '..');
    const links = [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(([, path]) => path!);
    const missing = links.filter((path) => {
      try {
        readdirSync(join(folder, path, '..'));
        readFileSync(join(folder, path.replace(/\/$/, '')));
        return false;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code !== 'EISDIR';
      }
    });
    expect(missing).toEqual([]);
  });

  const ownPages = /https:\/\/github\.com\/metrics-sidecar\/metrics-sidecar\/blob\/main\/([^)\s#]+)(?:#([\w-]+))?/g;

  test.each([...documents, 'charts/metrics-sidecar/values.yaml', 'charts/metrics-sidecar/templates/NOTES.txt'])(
    'addresses of pages of this repository in %s lead somewhere',
    (file) => {
      const missing = [...read(file).matchAll(ownPages)].filter(([, path, anchor]) => {
        const headings = [...read(path!).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
        return anchor !== undefined && !headings.includes(anchor);
      });
      expect(missing.map(([address]) => address)).toEqual([]);
    },
  );

  test("the chart's README has no relative link: Artifact Hub shows it without the repository", () => {
    expect(read('charts/metrics-sidecar/README.md').match(/\]\((?!https?:|#)[^)]*\)/g)).toBeNull();
  });

  test('npm scripts in the docs', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = documents.flatMap((file) =>
      [...read(file).matchAll(/\bnpm run ([a-z][a-z:-]*)/g)].map(([, name]) => name!),
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
