import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import build from '../process/build.ts';
import { machineNode, majorOf, oldestMajor } from './machine-node.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The unpacked package, with no node_modules in reach, and the Node that runs it. */
    packed: { readonly main: string; readonly node: string; readonly major: number };
  }
}

/**
 * Packs the package as npm publishes it and unpacks it where no node_modules is in reach: nothing may be missing in it.
 * It is run by the machine's own Node, which should be the oldest of `engines`; with `REQUIRE_OLDEST_NODE` it has to
 * be.
 */
export default function setup(project: TestProject): () => void {
  const root = join(import.meta.dirname, '../..');
  const { path: node, version } = machineNode();
  if (majorOf(version) !== oldestMajor()) {
    const problem = `test:packed runs on Node ${version} (${node}), not on ${oldestMajor()}, the oldest that package.json names`;
    if (process.env.REQUIRE_OLDEST_NODE) throw new Error(problem);
    console.error(`\n!!! ${problem}: what that one lacks is not seen\n`);
  }
  build();
  const folder = mkdtempSync(join(tmpdir(), 'metrics-sidecar-packed-'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: root,
    stdio: ['ignore', 'ignore', 2],
  });
  const [archive] = readdirSync(folder);
  execFileSync('tar', ['-xzf', join(folder, archive!), '-C', folder]);
  project.provide('packed', { main: join(folder, 'package/dist/main.js'), node, major: majorOf(version) });
  return () => rmSync(folder, { recursive: true });
}
