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
import type { ManifestChange } from '../../offline/change/manifest-change.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { styleOf } from '../../terminal/style.ts';
import { isTerminal } from '../../terminal/terminal.ts';
import { type Input, notUtf8, readInputs } from '../arguments/read-inputs.ts';

/** The flags that choose the output of the changed texts. */
export type ChangeSettings = Pick<InjectCommandSettings, 'output' | 'inPlace' | 'check' | 'failOn'>;

/** Makes the function that changes each manifest of a command line, once all of them are read. */
export type MakeChange = (manifests: readonly Manifest[]) => (manifest: Manifest) => ManifestChange;

/** An input and its change; an input that is no text has none. */
interface ChangedInput {
  readonly input: Input;
  readonly change?: ManifestChange;
}

/** Problems of flags that do not fit together. */
export function changeProblems({ output, inPlace, check }: ChangeSettings, operands: readonly string[]): string[] {
  const problems: string[] = [];
  if (inPlace && (operands.length === 0 || operands.includes('-')))
    problems.push('--in-place: standard input is no file; name files or folders');
  if (inPlace && check) problems.push('--in-place, or --check: not both');
  if (inPlace && output !== 'yaml') problems.push(`--in-place: writes files, so there is no output to be ${output}`);
  return problems;
}

/**
 * Reads the operands, changes the readable ones and writes all of them: the result to standard output or to the files,
 * the report to standard error. An input that cannot be read stays as it is, and does not stop the others.
 */
export async function changeFiles(
  command: 'inject' | 'uninject',
  operands: readonly string[],
  settings: ChangeSettings,
  makeChange: MakeChange,
  io: Io,
): Promise<number> {
  const { inputs, problems } = await readInputs(operands, io);
  const read = inputs.map((input) => ({
    input,
    manifest: input.text === undefined ? undefined : readManifest(input.text, input.source),
  }));
  const change = makeChange(read.flatMap(({ manifest }) => manifest ?? []));
  const results = read.map(
    ({ input, manifest }): ChangedInput => ({ input, ...(manifest && { change: change(manifest) }) }),
  );
  const all = results.flatMap(({ change }) => change ?? []);
  const notTexts = results.filter(({ change }) => change === undefined).map(({ input }) => notUtf8(input));
  const writeProblems = settings.inPlace ? await writeFiles(all, io) : [];
  if (!settings.inPlace) print(results, all, settings, io);
  const style = styleOf(isTerminal(io.err), io.env);
  io.err.write(settings.output === 'short' ? problemsOf(all, style) : reportOf(command, all, style));
  const failed = [...problems, ...notTexts, ...writeProblems];
  if (failed.length > 0) return fail(io, command, exit.input, failed);
  return exitCode(all, settings);
}

/** @returns the problems of files that cannot be written */
async function writeFiles(all: readonly ManifestChange[], io: Io): Promise<string[]> {
  const problems: string[] = [];
  for (const change of all.filter(isChanged)) {
    const { source } = change.manifest;
    const result = await writeFileAtomically(source, changedText(change), { mark: process.pid });
    if (result.ok) io.err.write(`metrics-sidecar: wrote ${source}\n`);
    else problems.push(result.problem);
  }
  return problems;
}

function print(
  results: readonly ChangedInput[],
  all: readonly ManifestChange[],
  settings: ChangeSettings,
  io: Io,
): void {
  switch (settings.output) {
    case 'yaml':
      if (settings.check) for (const { manifest } of all.filter(isChanged)) io.out.write(`${manifest.source}\n`);
      else printTexts(results, io);
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

/** Prints the texts as one stream. Bytes that are no text cannot be joined; alone they are printed as they are. */
function printTexts(results: readonly ChangedInput[], io: Io): void {
  const [first] = results;
  if (results.length === 1 && first!.change === undefined) io.out.write(first!.input.bytes);
  const texts = results
    .flatMap(({ change }) => change ?? [])
    .map((change) => {
      const { documents } = change.manifest;
      return {
        text: changedText(change),
        isJson: documents.length > 0 && documents.every(({ format }) => format === 'json'),
      };
    });
  io.out.write(joined(texts));
}

function isColoured(io: Io): boolean {
  const style = styleOf(isTerminal(io.out), io.env);
  return style.paint('ok', '') !== '';
}

function exitCode(all: readonly ManifestChange[], { check, failOn }: ChangeSettings): number {
  const problems = all.flatMap((one) => one.problems);
  if (problems.some(({ severity }) => severity === 'error')) return exit.input;
  if (check && all.some(isChanged)) return exit.findings;
  const objects = all.flatMap((one) => one.objects);
  const severities = [...problems, ...objects.flatMap(({ findings }) => findings)].map(({ severity }) => severity);
  const isError = severities.includes('error') || objects.some(({ decision }) => decision === 'denied');
  const isFailed = failOn === 'error' ? isError : failOn === 'warning' && (isError || severities.includes('warning'));
  return isFailed ? exit.findings : exit.ok;
}
