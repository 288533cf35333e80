import type { InjectCommandSettings } from '../../contract/offline.ts';
import { writeFileAtomically } from '../../files/write-file.ts';
import { type Manifest, readManifest } from '../../manifest/read/manifest.ts';
import {
  changedText,
  colouredDiff,
  diffOutput,
  isChanged,
  joined,
  jsonOutput,
  patchOutput,
  shortOutput,
} from '../../offline/change/change-output.ts';
import { problemsOf, reportOf } from '../../offline/change/change-report.ts';
import type { Changed } from '../../offline/change/manifest-change.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { styleOf } from '../../terminal/style.ts';
import { isTerminal } from '../../terminal/terminal.ts';
import { type Input, notUtf8, readInputs } from '../arguments/read-inputs.ts';

/** The flags that say what becomes of the changed texts. */
export type ChangeSettings = Pick<InjectCommandSettings, 'output' | 'inPlace' | 'check' | 'failOn'>;

/** What is to be done to each manifest of a command line, once all of them are read. */
export type Changing = (manifests: readonly Manifest[]) => (manifest: Manifest) => Changed;

/** An input and what became of it; what is no text stays as it is. */
interface Treated {
  readonly input: Input;
  readonly changed?: Changed;
}

/** What is wrong with the flags together. */
export function changeProblems({ output, inPlace, check }: ChangeSettings, operands: readonly string[]): string[] {
  const problems: string[] = [];
  if (inPlace && (operands.length === 0 || operands.includes('-')))
    problems.push('--in-place: standard input is no file; name files or folders');
  if (inPlace && check) problems.push('--in-place, or --check: not both');
  if (inPlace && output !== 'yaml') problems.push(`--in-place: writes files, so there is no output to be ${output}`);
  return problems;
}

/**
 * Reads the operands, changes what can be read and hands on everything: the result on standard output or in the files, the
 * report on standard error. What cannot be read stays as it is, and everything else is done all the same.
 */
export async function changeFiles(
  command: 'inject' | 'uninject',
  operands: readonly string[],
  settings: ChangeSettings,
  changing: Changing,
  io: Io,
): Promise<number> {
  const { inputs, problems } = await readInputs(operands, io);
  const read = inputs.map((input) => ({
    input,
    manifest: input.text === undefined ? undefined : readManifest(input.text, input.source),
  }));
  const change = changing(read.flatMap(({ manifest }) => manifest ?? []));
  const treated = read.map(
    ({ input, manifest }): Treated => ({ input, ...(manifest && { changed: change(manifest) }) }),
  );
  const all = treated.flatMap(({ changed }) => changed ?? []);
  const unread = treated.filter(({ changed }) => changed === undefined).map(({ input }) => notUtf8(input));
  const written = settings.inPlace ? await writeFiles(all, io) : [];
  if (!settings.inPlace) print(treated, all, settings, io);
  const style = styleOf(isTerminal(io.err), io.env);
  io.err.write(settings.output === 'short' ? problemsOf(all, style) : reportOf(command, all, style));
  const failed = [...problems, ...unread, ...written];
  if (failed.length > 0) return fail(io, command, exit.input, failed);
  return exitCode(all, settings);
}

/** @returns what could not be written */
async function writeFiles(all: readonly Changed[], io: Io): Promise<string[]> {
  const problems: string[] = [];
  for (const changed of all.filter(isChanged)) {
    const { source } = changed.manifest;
    const result = await writeFileAtomically(source, changedText(changed), { mark: process.pid });
    if (result.ok) io.err.write(`metrics-sidecar: wrote ${source}\n`);
    else problems.push(result.problem);
  }
  return problems;
}

function print(treated: readonly Treated[], all: readonly Changed[], settings: ChangeSettings, io: Io): void {
  switch (settings.output) {
    case 'yaml':
      if (settings.check) for (const { manifest } of all.filter(isChanged)) io.out.write(`${manifest.source}\n`);
      else printTexts(treated, io);
      break;
    case 'json':
      io.out.write(jsonOutput(all));
      break;
    case 'patch':
      io.out.write(patchOutput(all));
      break;
    case 'diff':
      io.out.write(isColoured(io) ? colouredDiff(diffOutput(all)) : diffOutput(all));
      break;
    case 'short':
      io.out.write(shortOutput(all));
      break;
  }
}

/** Bytes that are no text cannot be joined with others; alone they pass as they came. */
function printTexts(treated: readonly Treated[], io: Io): void {
  const [first] = treated;
  if (treated.length === 1 && first!.changed === undefined) io.out.write(first!.input.bytes);
  const texts = treated
    .flatMap(({ changed }) => changed ?? [])
    .map((changed) => {
      const { documents } = changed.manifest;
      return {
        text: changedText(changed),
        isJson: documents.length > 0 && documents.every(({ format }) => format === 'json'),
      };
    });
  io.out.write(joined(texts));
}

function isColoured(io: Io): boolean {
  const style = styleOf(isTerminal(io.out), io.env);
  return style.paint('ok', '') !== '';
}

function exitCode(all: readonly Changed[], { check, failOn }: ChangeSettings): number {
  const problems = all.flatMap((one) => one.problems);
  if (problems.some(({ severity }) => severity === 'error')) return exit.input;
  if (check && all.some(isChanged)) return exit.findings;
  const objects = all.flatMap((one) => one.objects);
  const found = [...problems, ...objects.flatMap(({ findings }) => findings)].map(({ severity }) => severity);
  const isError = found.includes('error') || objects.some(({ decision }) => decision === 'denied');
  const isFailed = failOn === 'error' ? isError : failOn === 'warning' && (isError || found.includes('warning'));
  return isFailed ? exit.findings : exit.ok;
}
