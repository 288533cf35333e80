/**
 * Compiles the optional package unix-dgram (Unix datagram sockets) for the Node that runs this: `npm run unix-dgram`.
 * npm compiles it too, but for the Node that npm itself runs on, and leaves it out where it cannot. It is one file of
 * C++: a compiler is all that this needs (Debian: `g++`), neither node-gyp nor Python; the headers come with the npm
 * package that carries Node, or with Node.
 *
 *   unix-dgram.ts          puts it where the package looks for it; does nothing where it loads already
 *   unix-dgram.ts --to=FILE [--arch=ARCH]
 *                          writes it to FILE, for another architecture with the cross compiler of Debian; ARCH is x64
 *                          (or amd64, as images call it) or arm64
 *
 * Exit code 1 where it cannot be compiled; standard error says why.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const source = join(root, 'node_modules/unix-dgram/src/unix_dgram.cc');
const own = join(root, 'node_modules/unix-dgram/build/Release/unix_dgram.node');

/** The cross compilers of Debian, by the architecture that they compile for. */
const compilers: Readonly<Record<string, string>> = {
  x64: 'x86_64-linux-gnu-g++',
  arm64: 'aarch64-linux-gnu-g++',
};

/**
 * As in common.gypi of Node 24. The C++ library is linked in: the machine that runs it may have another one, or none.
 */
const flags = [
  ...['-shared', '-fPIC', '-pthread', '-O2', '-s', '-w', '-std=gnu++20', '-fno-rtti', '-fno-exceptions'],
  ...['-static-libstdc++', '-static-libgcc'],
  ...['-DNODE_GYP_MODULE_NAME=unix_dgram', '-DUSING_UV_SHARED=1', '-DUSING_V8_SHARED=1', '-DBUILDING_NODE_EXTENSION'],
  '-D_FILE_OFFSET_BITS=64',
];

/** Whether this Node can load it; asked of a process of its own, since what is loaded once cannot be loaded again. */
function loads(file: string): boolean {
  return spawnSync(process.execPath, ['-e', `require(${JSON.stringify(file)})`], { stdio: 'ignore' }).status === 0;
}

function headers(): string | undefined {
  const carried = join(root, 'node_modules', `node-${process.platform}-${process.arch}`);
  return [join(dirname(process.execPath), '..'), carried]
    .map((home) => join(home, 'include/node'))
    .find((folder) => existsSync(join(folder, 'node.h')));
}

/** @returns why it cannot be compiled; undefined: it was. */
function compile(to: string, arch: string): string | undefined {
  if (process.platform !== 'linux') return 'only for Linux; elsewhere "npm rebuild unix-dgram" with Node 24 does it';
  if (!existsSync(source)) {
    return 'the package is not there: npm leaves it out where it cannot compile it. "npm ci --ignore-scripts" brings it';
  }
  const include = headers();
  if (include === undefined) return `no headers of Node beside ${process.execPath}, nor in node_modules`;
  const compiler = process.env['CXX'] ?? (arch === process.arch ? 'c++' : compilers[arch]);
  if (compiler === undefined) return `no compiler is known for ${arch}`;
  const made = `${to}.${process.pid}`;
  mkdirSync(dirname(to), { recursive: true });
  const args = [...flags, `-I${include}`, `-I${join(root, 'node_modules/nan')}`, source, '-o', made];
  const { status, error } = spawnSync(compiler, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    rmSync(made, { force: true });
    return `${compiler}: ${error?.message ?? `exit code ${status}`}. Debian: apt-get install g++`;
  }
  // By a rename: a test that runs at the same time must not find half of it.
  renameSync(made, to);
  return arch === process.arch && !loads(to) ? `${to} was compiled, and this Node cannot load it` : undefined;
}

const { values } = parseArgs({ options: { to: { type: 'string' }, arch: { type: 'string' } } });
const to = values.to === undefined ? own : resolve(values.to);
const arch = (values.arch || process.arch).replace('amd64', 'x64');
if (to === own && loads(own)) console.log('unix-dgram is there');
else {
  const problem = compile(to, arch);
  if (problem === undefined) console.log(`unix-dgram: ${to}`);
  else console.error(`unix-dgram: ${problem}`);
  process.exitCode = problem === undefined ? 0 : 1;
}
