import { isDeepStrictEqual } from 'node:util';
import { diffLines } from 'diff';
import type { Json } from '../../src/json/json.ts';
import type { Operation } from '../../src/json/operation.ts';
import { editDocument } from '../../src/manifest/edit/edit-document.ts';
import { type Manifest, readManifest } from '../../src/manifest/read/manifest.ts';
import { applyEdits } from '../../src/text/text-edit.ts';
import { type Random, seeded } from '../statsd/fuzz-random.ts';
import { randomPatch } from './random-patch.ts';
import { randomDocument, randomJson, type Written } from './random-text.ts';

/** What was run, and everything that should not have happened; the first of them are enough. */
export interface Fuzzed {
  readonly documents: number;
  readonly problems: readonly string[];
}

const mostProblems = 5;

/** Documents of all styles are read, changed at random, and changed back. */
export function fuzzEdits(documents: number, seed: number): Fuzzed {
  const problems: string[] = [];
  let done = 0;
  for (; done < documents && problems.length < mostProblems; done++) {
    const random = seeded(seed + done);
    const problem = fuzzOne(random);
    if (problem !== undefined) problems.push(`seed ${seed + done}: ${problem}`);
  }
  return { documents: done, problems };
}

function fuzzOne(random: Random): string | undefined {
  const kind = random.below(4);
  const written = kind === 0 ? randomJson(random) : randomDocument(random, kind === 1);
  const read = readOnly(written.text);
  if (!isDeepStrictEqual(read, plain(written.value)))
    return report('read', written.text, [], show(read), show(written.value));
  if (random.chance(3)) return unwound(random, written);
  const { operations, value } = randomPatch(random, read, { addOnly: random.chance(2) });
  const edited = edit(written.text, operations);
  const after = readOnly(edited);
  return isDeepStrictEqual(after, plain(value))
    ? undefined
    : report('edit', written.text, operations, edited, `${show(after)}\nnot ${show(value)}`);
}

/** What only adds touches few lines, and is undone by its removal, byte for byte. */
function unwound(random: Random, { text, value: before }: Written): string | undefined {
  const { operations, inverse, value } = randomPatch(random, plain(before), { addOnly: true });
  const edited = edit(text, operations);
  const after = readOnly(edited);
  if (!isDeepStrictEqual(after, plain(value)))
    return report('add', text, operations, edited, `${show(after)}\nnot ${show(value)}`);
  if (/[&*]\w/.test(text)) return undefined;
  const lost = diffLines(text, edited)
    .filter(({ removed }) => removed)
    .reduce((sum, { count }) => sum + (count ?? 0), 0);
  const flows = /[{[][^}\]]/.test(text) ? 2 : 1;
  if (lost > operations.length * flows) return report('touched lines', text, operations, edited, String(lost));
  const undone = edit(edited, inverse);
  return undone === text ? undefined : report('undo', text, [...operations, ...inverse], edited, undone);
}

export function edit(text: string, operations: readonly Operation[]): string {
  const [document] = readManifest(text, 'random').documents;
  const edited = editDocument(document!, operations);
  if (!edited.ok) return edited.problem;
  return applyEdits(text, edited.value);
}

function readOnly(text: string): Json {
  const manifest: Manifest = readManifest(text, 'random');
  const errors = manifest.problems.filter(({ severity }) => severity === 'error');
  return errors.length > 0 || manifest.documents.length !== 1
    ? show(manifest.problems)
    : plain(manifest.documents[0]!.value);
}

/** Without the prototypes and shared parts that JSON does not have. */
function plain(value: Json): Json {
  return JSON.parse(JSON.stringify(value));
}

function show(value: unknown): string {
  return JSON.stringify(value);
}

function report(what: string, text: string, operations: readonly Operation[], ...rest: readonly string[]): string {
  return [what, text, ...operations.map(show), ...rest].join('\n-----\n');
}
