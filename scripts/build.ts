/**
 * Bundles the program into `dist/`, split so that each command is a chunk of its own and a sidecar loads no byte of the
 * webhook. `dist/meta.json` records which file of which package went into which chunk; tests prove the split from it.
 *
 * The sidecar is bundled apart from its workers and from the commands for people, which use parts of it: whatever a set
 * of entries shares is a chunk, and each chunk costs 0.2 ms of CPU at the start of every pod.
 *
 * The chunks are CommonJS, although esbuild can only split ES modules: each chunk is converted after the split. Node 24
 * pays for the first ES module it loads with its loader and a WebAssembly lexer: 6 MB of anonymous memory, 13 MB of RSS
 * and some 25 ms, whatever the module does (`bench/footprint.ts` shows the floor of both).
 *
 * The target is the oldest Node of `engines`; `tsconfig.oldest.json` holds the sources to what that Node has.
 */
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { build, type Metafile, type Plugin, transform } from 'esbuild';

/**
 * `--unix-dgram`, for the image: the package unix-dgram is part of the bundle, and its native part, which
 * `scripts/unix-dgram.ts` puts into `dist/`, lies beside the chunks. Without it the package is found where npm
 * installed it, or not.
 */
const whole = process.argv.includes('--unix-dgram');
const nativePart = './unix_dgram.node';

/** Replaces the package `bindings`, which searches fourteen folders for the compiled part. */
const beside: Plugin = {
  name: 'beside',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^bindings$/ }, () => ({ path: 'bindings', namespace: 'beside' }));
    onResolve({ filter: /\.node$/ }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /^/, namespace: 'beside' }, () => ({
      contents: `module.exports = () => require('${nativePart}');`,
    }));
  },
};

/** The sidecar and the help of its kinds, which main loads from bundles of their own. */
const apart: Plugin = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/(sidecar|kind-commands)\.ts$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: `./${basename(path, '.ts')}.js`, external: true } : undefined,
    );
  },
};

/** The parts of the kinds that only the commands use: plans, dashboards, alerts and tables of metrics. */
const commandParts = /^\.\/injection\/|^\.\.\/inject\/|\/monitoring\/|-metrics\.ts$/;

/** The kinds of one bundle without the imports that it never follows: what follows them would throw. */
function kindsWithout(isAbsent: (path: string, kind: string) => boolean): Plugin {
  return {
    name: 'kinds-without',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ path, kind, importer }) =>
        /\/src\/kinds\/[^/]+$/.test(importer) && isAbsent(path, kind) ? { path, namespace: 'no-kind' } : undefined,
      );
      onLoad({ filter: /^/, namespace: 'no-kind' }, () => ({ contents: 'module.exports = {};' }));
    },
  };
}

const kindsOfSidecar = kindsWithout((path) => commandParts.test(path));
/** Help and completion name the kinds and their flags; the plans of the kinds are four times as large. */
const kindsOfHelp = kindsWithout((path, kind) => kind === 'dynamic-import' || commandParts.test(path));
/** The sidecar's bundle alone runs kinds. */
const kindsOfCommands = kindsWithout((path, kind) => kind === 'dynamic-import' && !commandParts.test(path));

/**
 * The library that reads kubeconfigs makes requests with undici, which we never have it do, and which needs Node 22.19:
 * a stub that throws replaces it. Without undici `check` and the webhook load 1 MB less.
 */
const withoutUndici: Plugin = {
  name: 'without-undici',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'absent' }));
    onLoad({ filter: /^/, namespace: 'absent' }, () => ({
      contents: `const absent = () => { throw new Error('undici is no part of the bundle'); };
        export const fetch = absent;
        export const Agent = absent;
        export const ProxyAgent = absent;`,
    }));
  },
};

const options = { platform: 'node', target: 'node20', minifySyntax: true, minifyWhitespace: true } as const;

await rm('dist', { recursive: true, force: true });
// A worker thread starts with a file of its own, beside the chunk that starts it.
const workers = {
  'explain-worker': 'src/statsd/playground/explain-worker.ts',
  'udp-worker': 'src/statsd/receive/udp/udp-worker.ts',
  'watchdog-thread': 'src/watchdog/watchdog-thread.ts',
};
const parts = [
  // Tests look up in the first bundle what several hold.
  await bundle({ sidecar: 'src/sidecar/sidecar.ts' }, [kindsOfSidecar]),
  await bundle({ main: 'src/main.ts' }, [apart, kindsOfCommands]),
  await bundle({ 'kind-commands': 'src/cli/kind-commands.ts' }, [apart, kindsOfHelp]),
  await bundle(workers, []),
];
const metafile: Metafile = {
  inputs: Object.assign({}, ...parts.map(({ inputs }) => inputs)),
  outputs: Object.assign({}, ...parts.map(({ outputs }) => outputs)),
};

async function bundle(entryPoints: Record<string, string>, plugins: readonly Plugin[]): Promise<Metafile> {
  const { metafile } = await build({
    ...options,
    entryPoints,
    outdir: 'dist',
    bundle: true,
    // Both are optional and not bundled: `debug` colours its lines with the first; `statsd` has Unix datagram sockets
    // with the second, which is native.
    external: ['supports-color', ...(whole ? [] : ['unix-dgram'])],
    plugins: [withoutUndici, ...plugins, ...(whole ? [beside] : [])],
    splitting: true,
    format: 'esm',
    legalComments: 'linked',
    chunkNames: '[name]-[hash]',
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
}

const chunks = Object.keys(metafile.outputs).filter((path) => path.endsWith('.js'));
for (const path of chunks) {
  const { code } = await transform(await readFile(path, 'utf8'), {
    ...options,
    format: 'cjs',
    // `import()` becomes `require()`: the ES loader is not started for a chunk that is loaded late either.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  });
  await writeFile(path, code);
}
await writeFile('dist/package.json', '{"type":"commonjs"}\n');
await writeFile('dist/meta.json', JSON.stringify(metafile));
await chmod('dist/main.js', 0o755);
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(`dist/main.js and ${chunks.length - 1} chunks, ${Math.round(bytes / 1024)} KiB in all`);
