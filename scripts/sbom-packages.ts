/** The npm packages in the bundle, and their licences, by esbuild's metafile. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The part of esbuild's metafile that is read here: which input put how many bytes into which output. */
export interface BundleRecord {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  readonly author: string;
  /** The texts of the package's LICENSE and NOTICE files; empty where it carries none. */
  readonly texts: readonly string[];
}

/** The folders of the packages of which at least one byte lies in the bundle, from where esbuild ran. */
export function bundledFolders(record: BundleRecord): readonly string[] {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(record.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = packageFolder(path);
      if (bytesInOutput > 0 && folder !== undefined) folders.add(folder);
    }
  }
  return [...folders].sort();
}

/** The packages of these folders below `root`, by name and version, each once. */
export async function packagesIn(folders: readonly string[], root: string): Promise<BundledPackage[]> {
  const packages = await Promise.all(folders.map((folder) => readPackage(join(root, folder))));
  const unique = new Map(packages.map((each) => [`${each.name}@${each.version}`, each]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** The part of a `package-lock.json` that is read here: `dev` is true where nothing at run time needs the package. */
export interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean } | undefined>>;
}

/** Which of the folders are there for development only, and so must not be bundled. */
export function developmentOnly(folders: readonly string[], { packages }: Lock): readonly string[] {
  return folders.filter((folder) => packages[folder]?.dev === true);
}

/** `…/node_modules/@scope/name` of a file below it; undefined: no file of a package. */
export function packageFolder(path: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
}

async function readPackage(folder: string): Promise<BundledPackage> {
  const { name, version, license, author } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
    author?: string | { name?: string };
  };
  if (license === undefined) throw new Error(`${name} ${version} says no licence`);
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)\b/i.test(file)).sort();
  return {
    name,
    version,
    license,
    author: typeof author === 'string' ? author : (author?.name ?? ''),
    texts: await Promise.all(files.map(async (file) => (await readFile(join(folder, file), 'utf8')).trim())),
  };
}

/** The notices that the image must carry: every package with its licence texts. */
export function licenceNotices(packages: readonly BundledPackage[]): string {
  const parts = packages.map(({ name, version, license, author, texts }) => {
    const without = `The package carries no licence text. It declares ${license}${author === '' ? '' : `, by ${author}`}.`;
    return [`${name} ${version} (${license})`, ...(texts.length === 0 ? [without] : texts)].join('\n\n');
  });
  const head = 'metrics-sidecar is bundled with these packages. Each comes under its own licence.';
  return `${[head, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
