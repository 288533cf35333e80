import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CorpusFile, namespaceObjects } from './corpus-files.ts';
import { run } from './program.ts';

const program = join(import.meta.dirname, '../../dist/main.js');

/** What `inject` made of a file. */
export interface Injected {
  readonly text: string;
  /** The lines of its report about that file, each without the file's name, line and column. */
  readonly report: readonly string[];
}

/** Of a command line: what the webhook has from its own flags and the cluster. */
export interface CommandSettings {
  /** The text of the settings file. */
  readonly settings: string;
  readonly kubernetesVersion: string;
  readonly flags?: readonly string[];
}

/**
 * Runs the built program over copies of files that are in one namespace and have the same paths of pod templates, as a
 * person would over a folder.
 */
export async function injectFiles(
  files: readonly CorpusFile[],
  { settings, kubernetesVersion, flags = [] }: CommandSettings,
): Promise<ReadonlyMap<CorpusFile, Injected>> {
  const [first] = files;
  const folder = await mkdtemp(join(tmpdir(), 'corpus-'));
  const at = (file: CorpusFile) => join(folder, 'cases', file.folder, file.name);
  try {
    for (const file of files) {
      await mkdir(join(folder, 'cases', file.folder), { recursive: true });
      await writeFile(at(file), file.text);
    }
    const cluster = { apiVersion: 'v1', kind: 'List', items: namespaceObjects(first!) };
    await writeFile(join(folder, 'cluster.json'), JSON.stringify(cluster));
    await writeFile(join(folder, 'settings.yaml'), settings);
    const { code, err } = await run(process.execPath, [
      ...[program, 'inject', '--in-place', '--fail-on=never', '--settings', join(folder, 'settings.yaml')],
      ...['--kubernetes-version', kubernetesVersion, '--namespace', first!.namespace, ...flags],
      ...first!.paths.flatMap((path) => ['--pod-template-path', path]),
      ...[join(folder, 'cluster.json'), join(folder, 'cases')],
    ]);
    if (code !== 0) throw new Error(`inject ended with ${code}: ${err}`);
    const results = files.map(async (file) => {
      // What is wrong with a label stands where the namespace does.
      const sources = [at(file), ...(files.length === 1 ? [join(folder, 'cluster.json')] : [])];
      const report = sources.flatMap((source) => linesOf(err, source));
      return [file, { text: await readFile(at(file), 'utf8'), report }] as const;
    });
    return new Map(await Promise.all(results));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function linesOf(report: string, source: string): readonly string[] {
  const lines = report.split('\n').filter((line) => line.startsWith(`${source}:`));
  return lines.map((line) => line.slice(source.length).replace(/^:\d+:\d+: /, ''));
}

/** Files that one command line can take together. */
export function together(files: readonly CorpusFile[]): readonly (readonly CorpusFile[])[] {
  return [...Map.groupBy(files, ({ namespace, paths }) => `${namespace} ${paths}`).values()];
}
