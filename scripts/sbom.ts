/**
 * Writes, for the bundle that lies in `dist/`, the bill of materials (`dist/sbom.cdx.json`, CycloneDX) and the licences
 * of the packages in it (`dist/THIRD-PARTY-NOTICES.txt`): `npm run build && npm run sbom`. Both go into the image:
 * a bundle has no `node_modules` from which a scanner could read what it is made of.
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../src/runtime/version.ts';
import { type Bill, billOf } from './sbom-bill.ts';
import {
  type BundleRecord,
  bundledFolders,
  developmentOnly,
  type Lock,
  licenceNotices,
  packagesIn,
} from './sbom-packages.ts';

/**
 * npm's bill of all packages in `package-lock.json`. npm refuses to describe the installed packages when a peer is left
 * out (`.npmrc`). With `--omit=dev` npm leaves out every package that a development dependency names too, even if
 * Fastify needs it (npm 11.19: ajv, semver).
 */
export function npmBill(root: string): Bill {
  // With peers, which `.npmrc` omits: ws is one, and a dependency of the Kubernetes client all the same. But then npm
  // may describe a copy that another package carries inside, of which it knows no hash: what it says without them wins.
  const whole = npmSays(root, ['--include=peer']);
  const known = new Map(npmSays(root, []).components.map((component) => [component['bom-ref'], component]));
  return { ...whole, components: whole.components.map((one) => known.get(one['bom-ref']) ?? one) };
}

function npmSays(root: string, flags: readonly string[]): Bill {
  const windows = process.platform === 'win32';
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', ...flags];
  const text = execFileSync(windows ? 'npm.cmd' : 'npm', args, {
    ...{ cwd: root, shell: windows, encoding: 'utf8', maxBuffer: 2 ** 26 },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(text) as Bill;
}

async function writeBill(root: string): Promise<void> {
  const json = async (file: string) => JSON.parse(await readFile(join(root, file), 'utf8')) as unknown;
  const bundled = bundledFolders((await json('dist/meta.json')) as BundleRecord);
  // What is compiled into the native part leaves no trace in esbuild's record.
  const folders = [...bundled, ...(bundled.includes('node_modules/unix-dgram') ? ['node_modules/nan'] : [])].sort();
  const packages = await packagesIn(folders, root);
  const { bill, missing } = billOf(npmBill(root), packages, { name: 'metrics-sidecar', version });
  const problems = [
    ...missing.map((each) => `${each} is bundled, but npm does not know it`),
    ...developmentOnly(folders, (await json('package-lock.json')) as Lock).map(
      (folder) => `${folder} is bundled, but stands among the development dependencies`,
    ),
  ];
  for (const problem of problems) console.error(`sbom: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  await writeFile(join(root, 'dist/sbom.cdx.json'), `${JSON.stringify(bill, undefined, 1)}\n`);
  await writeFile(join(root, 'dist/THIRD-PARTY-NOTICES.txt'), licenceNotices(packages));
  console.log(`dist/sbom.cdx.json and dist/THIRD-PARTY-NOTICES.txt: ${packages.length} packages`);
}

if (import.meta.main) await writeBill(join(import.meta.dirname, '..'));
