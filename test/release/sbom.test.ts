import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import lock from '../../package-lock.json' with { type: 'json' };
import { npmBill } from '../../scripts/sbom.ts';
import { type Bill, billOf } from '../../scripts/sbom-bill.ts';
import {
  type BundledPackage,
  bundledFolders,
  developmentOnly,
  type Lock,
  licenceNotices,
  packageFolder,
  packagesIn,
} from '../../scripts/sbom-packages.ts';

const root = join(import.meta.dirname, '../..');
const program = { name: 'metrics-sidecar', version: '1.2.3' };

describe('of the program', () => {
  let folders: readonly string[];
  let packages: readonly BundledPackage[];
  let said: Bill;

  beforeAll(async () => {
    const { metafile } = await build({
      ...{ absWorkingDir: root, entryPoints: ['src/main.ts'], outdir: 'dist', bundle: true, splitting: true },
      ...{ format: 'esm', platform: 'node', target: 'node24', write: false, metafile: true, logLevel: 'silent' },
      external: ['supports-color', 'unix-dgram'],
    });
    folders = bundledFolders(metafile);
    packages = await packagesIn(folders, root);
    said = npmBill(root);
  });

  test('names every package of the bundle, with version, hash and licence, and no other', () => {
    const { bill, missing } = billOf(said, packages, program);
    expect(missing).toEqual([]);
    const named = bill.components.map(({ name, version }) => `${name}@${version}`);
    expect(named.sort()).toEqual(packages.map(({ name, version }) => `${name}@${version}`).sort());
    expect(named).toContain(packages.find(({ name }) => name === 'fastify') && `fastify@${versionOf('fastify')}`);
    for (const component of bill.components)
      expect(component).toMatchObject({ purl: expect.stringContaining('pkg:npm/'), licenses: [{}], hashes: [{}] });
    expect(bill.metadata.component).toMatchObject({ ...program, type: 'application' });
  });

  test('is the same for the same sources', () => {
    const once = billOf(said, packages, program).bill;
    expect(billOf(npmBill(root), packages, program).bill).toEqual(once);
    expect(once.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('nothing that is there for development only is bundled', () => {
    expect(developmentOnly(folders, lock as Lock)).toEqual([]);
    expect(developmentOnly(['node_modules/vitest'], lock as Lock)).toEqual(['node_modules/vitest']);
  });

  test('every licence stands in the notices, with its text', () => {
    const notices = licenceNotices(packages);
    for (const { name, version, texts } of packages) {
      expect(notices).toContain(`${name} ${version} (`);
      for (const text of texts) expect(notices).toContain(text);
    }
  });

  function versionOf(name: string): string {
    return packages.find((each) => each.name === name)!.version;
  }
});

test.each([
  ['node_modules/fastify/lib/a.js', 'node_modules/fastify'],
  ['node_modules/@fastify/error/index.js', 'node_modules/@fastify/error'],
  ['node_modules/a/node_modules/@b/c/d/e.js', 'node_modules/a/node_modules/@b/c'],
  ['../x/node_modules/a/b.js', '../x/node_modules/a'],
  ['src/main.ts', undefined],
])('the package of %s', (path, folder) => expect(packageFolder(path)).toBe(folder));

test('a package of which no byte was taken is not in the bundle', () => {
  const inputs = { 'node_modules/a/a.js': { bytesInOutput: 0 }, 'node_modules/b/b.js': { bytesInOutput: 1 } };
  expect(bundledFolders({ outputs: { 'dist/main.js': { inputs } } })).toEqual(['node_modules/b']);
});

test('a package that npm does not know is missing, and dependencies lead to what is there', () => {
  const component = (name: string) => ({ 'bom-ref': `${name}@1`, name, version: '1' });
  const npm: Bill = {
    metadata: { timestamp: 'now', component: { ...component('root'), type: 'library' } },
    components: ['a', 'b'].map(component),
    dependencies: [
      { ref: 'root@1', dependsOn: ['a@1', 'b@1'] },
      { ref: 'a@1', dependsOn: ['b@1'] },
      { ref: 'b@1', dependsOn: [] },
    ],
  };
  const packages = ['a', 'c'].map((name) => ({ name, version: '1', license: 'MIT', author: '', texts: [] }));
  const { bill, missing } = billOf(npm, packages, program);
  expect(missing).toEqual(['c@1']);
  expect(bill.dependencies).toEqual([
    { ref: 'root@1', dependsOn: ['a@1'] },
    { ref: 'a@1', dependsOn: [] },
  ]);
  expect(bill.metadata).not.toHaveProperty('timestamp');
  expect(licenceNotices(packages)).toContain('c 1 (MIT)\n\nThe package carries no licence text. It declares MIT.');
});
