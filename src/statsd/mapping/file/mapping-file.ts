import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileProblem } from '../../../files/file-problem.ts';
import type { Snapshot } from '../../../files/watch-snapshots.ts';

/** The state of a mapping file at one moment. */
export type MappingFile =
  | { readonly kind: 'read'; readonly file: string; readonly text: string }
  /** The file is missing, or the directory has no *.yml or *.yaml. */
  | { readonly kind: 'missing'; readonly problem: string; readonly directory: boolean }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** A ConfigMap holds 1 MiB at most. A larger file is not a mapping, and would only fill the memory. */
const mostFileBytes = 2 ** 20;

/**
 * Reads the mapping at a path: the file, or the first *.yml or *.yaml of a directory by name. Hidden files are left
 * out: a kubelet and many editors put them there.
 */
export async function readMappingFile(path: string, mostBytes = mostFileBytes): Promise<MappingFile> {
  let file = path;
  try {
    if ((await stat(path)).isDirectory()) {
      const names = (await readdir(path)).filter((name) => /^[^.].*\.ya?ml$/.test(name));
      const [first] = names.sort();
      if (first === undefined) {
        return { kind: 'missing', problem: `${path}: there is no *.yml or *.yaml file in it`, directory: true };
      }
      file = join(path, first);
    }
    const stats = await stat(file);
    // Reading a FIFO would block.
    if (!stats.isFile()) return { kind: 'unreadable', problem: `${file}: is not a file` };
    if (stats.size > mostBytes) return { kind: 'unreadable', problem: `${file}: ${tooLarge(stats.size, mostBytes)}` };
    return { kind: 'read', file, text: await readFile(file, 'utf8') };
  } catch (error) {
    const problem = `${file}: ${fileProblem(error as NodeJS.ErrnoException)}`;
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return missing ? { kind: 'missing', problem, directory: false } : { kind: 'unreadable', problem };
  }
}

function tooLarge(size: number, mostBytes: number): string {
  if (mostBytes >= mostFileBytes) return `is larger than ${mostBytes} bytes`;
  return `${size} bytes are more than the ${mostBytes} that the memory limit leaves for a mapping`;
}

/** The state of the file in the form that a watch compares: the path may be a file, a directory, or missing. */
export function mappingLook(path: string, value: MappingFile): Snapshot<MappingFile> {
  const isFile = value.kind === 'read' && value.file === path;
  return {
    value,
    // The text itself as the mark: node:crypto would cost more memory than a mapping has.
    mark: value.kind === 'read' ? `${value.file}\n${value.text}` : value.problem,
    directories: isFile ? [dirname(path)] : [dirname(path), path],
  };
}
