import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The process tests drive the program as it ships: bundled anew from the sources of this run. */
export default function setup(): void {
  const root = join(import.meta.dirname, '../..');
  execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root, stdio: 'inherit' });
}
