import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Bundles the program again from the sources of this run, so that the tests drive it as it ships. Suites that run side
 * by side have `DIST_IS_BUILT` instead: one would take `dist/` away under the other.
 */
export default function setup(): void {
  if (process.env.DIST_IS_BUILT !== undefined) return;
  const root = join(import.meta.dirname, '../..');
  execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root, stdio: 'inherit' });
}
