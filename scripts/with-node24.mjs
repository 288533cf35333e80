// Runs a script or a tool of this repository on Node 24, whatever Node started it: the npm packages that carry the Node
// binary are optional dependencies, so `npm ci` brings the one for this platform. Installs the dependencies
// first where they, or some that package.json names, are missing.
//
//   node scripts/with-node24.mjs FILE.ts [ARGUMENT...]     a script of the repository
//   node scripts/with-node24.mjs vitest [ARGUMENT...]      a tool of node_modules/.bin
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
const windows = process.platform === 'win32';

function run(command, args, options = {}) {
  const { status, signal, error } = spawnSync(command, args, { stdio: 'inherit', cwd: root, ...options });
  if (error) throw error;
  if (signal) process.kill(process.pid, signal);
  return status ?? 1;
}

const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const needed = Object.keys({ ...dependencies, ...devDependencies });
const missing = needed.filter((name) => !existsSync(join(root, 'node_modules', name)));
if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) install('ci');
else if (missing.length > 0) install('install', '--no-save');

function install(...command) {
  console.error(`with-node24: installing the dependencies (npm ${command.join(' ')})`);
  const status = run(windows ? 'npm.cmd' : 'npm', [...command, '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: windows,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(status);
}

const packaged = join(bin, windows ? 'node.cmd' : 'node');
const node = existsSync(packaged) ? packaged : process.execPath;
const [target, ...args] = process.argv.slice(2);
if (target === undefined) {
  console.error('usage: node scripts/with-node24.mjs FILE|TOOL [ARGUMENT...]');
  process.exit(2);
}
const file = /\.m?[jt]s$/.test(target) ? resolve(root, target) : join(bin, target);
process.exit(run(node, [file, ...args], { env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` } }));
