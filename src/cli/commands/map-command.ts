import { stat } from 'node:fs/promises';
import { type MapSettings, mapFlags } from '../../contract/map.ts';
import { statsdFlags } from '../../contract/statsd.ts';
import { readInputStream } from '../../files/read-input.ts';
import { defaults } from '../../flags/flag.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import type { Result } from '../../result/result.ts';
import { version } from '../../runtime/version.ts';
import type { Explanation } from '../../statsd/explain/explanation.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { styleOf } from '../../terminal/style.ts';
import { isTerminal } from '../../terminal/terminal.ts';
import { readText, readTextFile } from '../arguments/read-inputs.ts';
import { findingLine } from './finding-line.ts';
import { explanationText } from './map-text.ts';

type Lines = readonly (string | Uint8Array)[];

/** `metrics-sidecar map [LINE...]`: explains the metrics of statsd lines, and the rules of a mapping that match. */
export async function runMap(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseFlags(mapFlags, args, io.env, 'operands');
  const { operands } = parsed;
  const problems = parsed.ok ? [] : [...parsed.problems];
  const fromInput = operands.length === 0 || operands.includes('-');
  if (operands.length > 1 && operands.includes('-')) problems.push('lines, or - for standard input: not both');
  if (parsed.ok && parsed.settings.mapping === '-' && fromInput) {
    problems.push('--mapping: standard input cannot be the mapping and the lines');
  }
  if (!parsed.ok || problems.length > 0) return fail(io, 'map', exit.usage, problems, true);
  const { settings } = parsed;
  const mapping = await readMappingText(settings.mapping, io);
  if (!mapping.ok) return fail(io, 'map', exit.input, [mapping.problem]);
  const { file, text } = mapping.value;
  const lines: Result<Lines> = fromInput ? await inputLines(io) : { ok: true, value: operands };
  if (!lines.ok) return fail(io, 'map', exit.input, [lines.problem]);
  const { explainLines } = await import('../../statsd/explain/explain-lines.ts');
  const explanation = await explainLines(lines.value, {
    settings: { ...defaults(statsdFlags), ...runtimeSettings(settings) },
    mapping: text,
    most: Number.POSITIVE_INFINITY,
  });
  return print(explanation, file, settings, io);
}

function runtimeSettings({ mapping, failOn, output, ...settings }: MapSettings) {
  return settings;
}

/** A mapping and its file; without --mapping there is no text. */
interface MappingText {
  readonly file: string;
  readonly text?: string;
}

async function readMappingText(path: string | undefined, io: Io): Promise<Result<MappingText>> {
  if (path === undefined) return { ok: true, value: { file: '' } };
  if (path === '-') return mappingText(path, await readText(path, io));
  // A pipe, such as `<(…)` of a shell, can be read once only; the runtimes take files and directories alone.
  if ((await stat(path).catch(() => undefined))?.isFIFO()) return mappingText(path, await readTextFile(path));
  const { readMappingFile } = await import('../../statsd/mapping/file/mapping-file.ts');
  const mapping = await readMappingFile(path);
  if (mapping.kind !== 'read') return { ok: false, problem: `--mapping: ${mapping.problem}` };
  // The runtime takes bytes that are not UTF-8 for U+FFFD. Every command names such a file as a problem.
  return mappingText(mapping.file, await readTextFile(mapping.file));
}

function mappingText(file: string, read: Result<string>): Result<MappingText> {
  return read.ok
    ? { ok: true, value: { file, text: read.value } }
    : { ok: false, problem: `--mapping: ${read.problem}` };
}

/**
 * The bytes of standard input: lines that are not UTF-8 are explained too. A newline at the end begins no other line.
 */
async function inputLines(io: Io): Promise<Result<Lines>> {
  const read = await readInputStream(io.in);
  if (!read.ok) return { ok: false, problem: `-: ${read.problem}` };
  const { value: bytes } = read;
  const end = bytes.at(-1) === 0x0a ? -1 : undefined;
  return { ok: true, value: bytes.length === 0 ? [] : [bytes.subarray(0, end)] };
}

function print(explanation: Explanation, file: string, settings: MapSettings, io: Io): number {
  const { findings, problem, refused, unmapped, page } = explanation;
  const isRefused = refused.length > 0 || (settings.failOn === 'unmapped' && unmapped > 0);
  const code = problem !== undefined || isRefused ? exit.findings : exit.ok;
  if (settings.output === 'json') {
    io.out.write(`${JSON.stringify({ version, mapping: file, ...explanation }, null, 2)}\n`);
    return code;
  }
  for (const finding of findings) io.err.write(findingLine(file, finding));
  // Without its rules the explanation of the lines would be wrong.
  if (problem !== undefined) {
    return findings.length > 0 ? code : fail(io, 'map', code, [`--mapping: ${file}: ${problem}`]);
  }
  const style = styleOf(isTerminal(io.out), io.env);
  io.out.write(settings.output === 'page' ? page : explanationText(explanation, file, style));
  return code;
}
