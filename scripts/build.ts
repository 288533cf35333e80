/**
 * Bundles the program into `dist/`: ESM, split so that each command is a chunk of its own and a sidecar loads no byte of
 * the webhook. `dist/meta.json` says which file of which package went where; tests prove the split from it.
 */
import { chmod, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: false,
  sourcemap: false,
  legalComments: 'linked',
  chunkNames: '[name]-[hash]',
  metafile: true,
  logLevel: 'warning',
  // Fastify and its family are CommonJS: bundled, they still ask `require` for Node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
await writeFile('dist/meta.json', JSON.stringify(metafile));
await chmod('dist/main.js', 0o755);
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(
  `dist/main.js and ${Object.keys(metafile.outputs).length - 1} chunks, ${Math.round(bytes / 1024)} KiB in all`,
);
