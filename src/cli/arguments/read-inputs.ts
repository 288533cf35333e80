import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileProblem } from '../../files/file-problem.ts';
import { readInputFile, readInputStream } from '../../files/read-input.ts';
import type { Result } from '../../result/result.ts';
import type { Io } from '../../terminal/io.ts';

/** A file or standard input, as bytes and as text. */
export interface Input {
  /** The file as it was named, or as its folder lists it; `-` for standard input. */
  readonly source: string;
  readonly bytes: Buffer;
  /** With its byte order mark; absent where the bytes are not UTF-8. */
  readonly text?: string;
}

export interface Inputs {
  readonly inputs: readonly Input[];
  /** Of operands that cannot be read; each names its file. */
  readonly problems: readonly string[];
}

/**
 * Problems of operands that are seen before anything is read. No operand at all means standard input, unless that is a
 * terminal.
 */
export function operandProblems(command: string, operands: readonly string[], io: Io): readonly string[] {
  const urls = operands.filter((operand) => /^[a-z][a-z0-9+.-]*:\/\//i.test(operand));
  const isTyped = (io.in as { readonly isTTY?: boolean }).isTTY === true;
  return [
    ...urls.map((url) => `${url}: URLs are not fetched; curl -fsS ${url} | metrics-sidecar ${command} -`),
    ...(isTyped && operands.length === 0 ? ['which files? A file, a folder, or - for standard input'] : []),
  ];
}

/**
 * Reads files, folders and standard input. A folder stands for the manifests in it (*.yaml, *.yml, *.json) and in the
 * folders below it, sorted by path, without names that begin with a dot and without links to folders. A file that is
 * named itself is read whatever its name. Each file is read once.
 */
export async function readInputs(operands: readonly string[], io: Io): Promise<Inputs> {
  const problems: string[] = [];
  const sources = new Set<string>();
  for (const operand of operands.length === 0 ? ['-'] : operands) {
    const files = await filesOf(operand);
    if (typeof files === 'string') problems.push(`${operand}: ${files}`);
    else for (const file of files) sources.add(file);
  }
  const inputs: Input[] = [];
  for (const source of sources) {
    const read = await readInput(source, io);
    if (read.ok) inputs.push(read.value);
    else problems.push(read.problem);
  }
  return { inputs, problems };
}

/** The text of a file, or of standard input where the operand is `-`; the problem names its file. */
export async function readText(operand: string, io: Pick<Io, 'in'>): Promise<Result<string>> {
  return textOf(await readInput(operand, io));
}

/** The text of a file that a flag names; the problem names the file. */
export async function readTextFile(file: string): Promise<Result<string>> {
  return textOf(inputOf(file, await readInputFile(file)));
}

/** The problem of an input whose bytes are not UTF-8. */
export function notUtf8({ source }: Input): string {
  return `${source}: is not UTF-8`;
}

/** The files that an operand stands for, or the problem in words. */
async function filesOf(operand: string): Promise<readonly string[] | string> {
  if (operand === '-') return [operand];
  try {
    if (!(await stat(operand)).isDirectory()) return [operand];
    const files = await manifestsIn(operand);
    return files.length === 0 ? 'no manifests in it (*.yaml, *.yml, *.json)' : files;
  } catch (error) {
    return fileProblem(error as NodeJS.ErrnoException);
  }
}

const manifestFile = /\.(?:ya?ml|json)$/i;

async function manifestsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sorted = entries
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const files: string[] = [];
  for (const entry of sorted) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await manifestsIn(path)));
    else if (manifestFile.test(entry.name) && (entry.isFile() || (await isLinkToFile(path)))) files.push(path);
  }
  return files;
}

async function isLinkToFile(path: string): Promise<boolean> {
  return stat(path).then(
    (target) => target.isFile(),
    () => false,
  );
}

async function readInput(source: string, io: Pick<Io, 'in'>): Promise<Result<Input>> {
  return inputOf(source, source === '-' ? await readInputStream(io.in) : await readInputFile(source));
}

function inputOf(source: string, read: Result<Buffer>): Result<Input> {
  if (!read.ok) return { ok: false, problem: `${source}: ${read.problem}` };
  const { value: bytes } = read;
  const text = utf8Text(bytes);
  return { ok: true, value: { source, bytes, ...(text !== undefined && { text }) } };
}

function textOf(read: Result<Input>): Result<string> {
  if (!read.ok) return read;
  const { text } = read.value;
  return text === undefined ? { ok: false, problem: notUtf8(read.value) } : { ok: true, value: text };
}

function utf8Text(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
