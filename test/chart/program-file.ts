import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './helm.ts';

/** Writes the program `metrics-sidecar` into a folder, for programs that look for it there. @returns its path */
export async function programFile(folder: string): Promise<string> {
  const program = join(folder, 'metrics-sidecar');
  await mkdir(folder, { recursive: true });
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'src/main.ts')}' "$@"\n`);
  await chmod(program, 0o755);
  return program;
}
