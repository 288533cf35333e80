/**
 * Bundles the program into `dist/`, split so that each command is a chunk of its own and a sidecar loads no byte of the
 * webhook. `dist/meta.json` says which file of which package went where; tests prove the split from it.
 *
 * The chunks are CommonJS, although esbuild can only split ES modules: each chunk is converted after the split. Node 24
 * pays for the first ES module it loads with its loader and a WebAssembly lexer: 6 MB of anonymous memory, 13 MB of RSS
 * and some 25 ms, whatever the module does (`bench/footprint.ts` shows the floor of both).
 */
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { build, transform } from 'esbuild';

const options = { platform: 'node', target: 'node24', minifySyntax: true, minifyWhitespace: true } as const;

await rm('dist', { recursive: true, force: true });
const { metafile } = await build({
  ...options,
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  // `debug` colours its lines where it finds the first, `statsd` has Unix datagram sockets where it finds the second, which is native;
  // no parts of ours, and they may be missing.
  external: ['supports-color', 'unix-dgram'],
  splitting: true,
  format: 'esm',
  legalComments: 'linked',
  chunkNames: '[name]-[hash]',
  metafile: true,
  logLevel: 'warning',
});

const chunks = Object.keys(metafile.outputs).filter((path) => path.endsWith('.js'));
for (const path of chunks) {
  const { code } = await transform(await readFile(path, 'utf8'), {
    ...options,
    format: 'cjs',
    // `import()` becomes `require()`: the ES loader is not started for a chunk that is loaded late either.
    supported: { 'dynamic-import': false },
  });
  await writeFile(path, code);
}
await writeFile('dist/package.json', '{"type":"commonjs"}\n');
await writeFile('dist/meta.json', JSON.stringify(metafile));
await chmod('dist/main.js', 0o755);
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(`dist/main.js and ${chunks.length - 1} chunks, ${Math.round(bytes / 1024)} KiB in all`);
