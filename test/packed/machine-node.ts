import { execFileSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The Node that a user of this machine has: `MACHINE_NODE`, or the first on the `PATH` that no npm put there. Scripts
 * of npm find the one of `node_modules/.bin` first, which is not the one that a packed program is run by.
 */
export function machineNode(env: NodeJS.ProcessEnv = process.env): { readonly path: string; readonly version: string } {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => !/node_modules[/\\]\.bin[/\\]?$/.test(folder));
  const path = env.MACHINE_NODE ?? folders.map((folder) => join(folder, 'node')).find(isProgram);
  if (path === undefined) throw new Error('test:packed: no node on the PATH outside of node_modules/.bin');
  return { path, version: execFileSync(path, ['--version'], { encoding: 'utf8' }).trim() };
}

/** The oldest major version that `engines` names. */
export function oldestMajor(): number {
  const file = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  const { engines } = JSON.parse(file) as { engines: { node: string } };
  return Number(/^>=(\d+)$/.exec(engines.node)?.[1]);
}

export function majorOf(version: string): number {
  return Number(/^v(\d+)\./.exec(version)?.[1]);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
