import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileProblem } from '../../files/file-problem.ts';
import { readInputFile, readInputStream } from '../../files/read-input.ts';
import { type Manifest, readManifest } from '../../manifest/read/manifest.ts';
import type { Io } from '../../terminal/io.ts';

/** A file or standard input, as bytes and as the text that they are. */
export interface Input {
  /** The file as it was named or found, `-` for standard input. */
  readonly source: string;
  readonly bytes: Buffer;
  /** With its byte order mark; absent where the bytes are no UTF-8. */
  readonly text?: string;
}

export interface Inputs {
  readonly inputs: readonly Input[];
  /** Of operands that cannot be read; each names its file. */
  readonly problems: readonly string[];
}

/** What is wrong with the operands before anything is read. Without one, standard input is meant; not that of a terminal. */
export function operandProblems(command: string, operands: readonly string[], io: Io): readonly string[] {
  const urls = operands.filter((operand) => /^[a-z][a-z0-9+.-]*:\/\//i.test(operand));
  const isTyped = (io.in as { readonly isTTY?: boolean }).isTTY === true;
  return [
    ...urls.map((url) => `${url}: URLs are not fetched; curl -fsS ${url} | metrics-sidecar ${command} -`),
    ...(isTyped && operands.length === 0 ? ['which files? A file, a folder, or - for standard input'] : []),
  ];
}

const manifestFile = /\.(?:ya?ml|json)$/i;

/**
 * Reads files, folders and standard input. Of a folder come the files *.yaml, *.yml and *.json in it and in the folders
 * below it, sorted by path; names that begin with a dot are left out, and so are links to folders. A file that is named
 * itself is read whatever its name. Each file is read once.
 */
export async function readInputs(operands: readonly string[], io: Io): Promise<Inputs> {
  const inputs: Input[] = [];
  const problems: string[] = [];
  const files = new Set<string>();
  for (const operand of operands.length === 0 ? ['-'] : operands) {
    try {
      if (operand === '-') files.add(operand);
      else if (!(await stat(operand)).isDirectory()) files.add(operand);
      else {
        const found = await filesIn(operand);
        if (found.length === 0) problems.push(`${operand}: no manifests in it (*.yaml, *.yml, *.json)`);
        for (const file of found) files.add(file);
      }
    } catch (error) {
      problems.push(`${operand}: ${fileProblem(error as NodeJS.ErrnoException)}`);
    }
  }
  for (const source of files) {
    const read = source === '-' ? await readInputStream(io.in) : await readInputFile(source);
    if (read.ok) inputs.push(inputOf(source, read.bytes));
    else problems.push(`${source}: ${read.problem}`);
  }
  return { inputs, problems };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sorted = entries
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const found: string[] = [];
  for (const entry of sorted) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesIn(path)));
    else if (manifestFile.test(entry.name) && (entry.isFile() || (await isLinkToFile(path)))) found.push(path);
  }
  return found;
}

async function isLinkToFile(path: string): Promise<boolean> {
  return stat(path).then(
    (target) => target.isFile(),
    () => false,
  );
}

function inputOf(source: string, bytes: Buffer): Input {
  try {
    return { source, bytes, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { source, bytes };
  }
}

/** The manifest that an input is; undefined where it is no text. */
export function manifestOf({ source, text }: Input): Manifest | undefined {
  return text === undefined ? undefined : readManifest(text, source);
}

/** What is said of an input that is no text. */
export function notUtf8({ source }: Input): string {
  return `${source}: is not UTF-8`;
}
