import type { Operation } from '../../json/operation.ts';
import { documentEditor, operationsAt } from '../../manifest/edit/edit-document.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';
import { lineOf } from '../../text/line-offsets.ts';
import { contextLines, unifiedDiff } from '../../text/unified-diff.ts';

/**
 * The hunks of the diff that a patch makes in a document, with the line numbers of its file and without the header;
 * empty where the patch changes nothing or cannot be applied.
 *
 * @param at the JSON pointer where the paths of the patch begin
 */
export type Hunks = (at: string, patch: readonly Operation[]) => string;

/** A document in one line would be shown whole for each of its pods, and nobody can read such a line. */
const longestLine = 2000;

/** The work per document is done once: a List may hold a thousand pods. */
export function hunksByDocument(): (document: ManifestDocument) => Hunks {
  const cache = new Map<ManifestDocument, Hunks>();
  return (document) => {
    const hunks = cache.get(document) ?? hunksOf(document);
    cache.set(document, hunks);
    return hunks;
  };
}

function hunksOf(document: ManifestDocument): Hunks {
  const edit = documentEditor(document);
  const { text, lineStarts } = document;
  return (at, patch) => {
    const edited = edit(operationsAt(at, patch), at);
    if (!edited.ok || edited.value.length === 0) return '';
    const [first, last] = [edited.value[0]!.start, edited.value.at(-1)!.end];
    // Only the lines around the change are compared, whatever the number of other documents and pods.
    const before = Math.max(lineOf(lineStarts, document.start), lineOf(lineStarts, first) - contextLines);
    const start = Math.max(document.start, lineStarts[before]!);
    const end = Math.min(document.end, lineStarts[lineOf(lineStarts, last) + 1 + contextLines] ?? text.length);
    if (isLong(lineStarts, first, last, text.length)) return operationLines(patch);
    const shifted = edited.value.map((one) => ({ ...one, start: one.start - start, end: one.end - start }));
    const diff = unifiedDiff(text.slice(start, end), shifted, { before: '', after: '' });
    return diff
      .replace(/^--- \n\+\+\+ \n/, '')
      .replace(
        /^@@ -(\d+)((?:,\d+)?) \+(\d+)((?:,\d+)?) @@$/gm,
        (_, from: string, some: string, to: string, more: string) =>
          `@@ -${Number(from) + before}${some} +${Number(to) + before}${more} @@`,
      );
  };
}

function isLong(starts: readonly number[], first: number, last: number, length: number): boolean {
  for (let line = lineOf(starts, first); line <= lineOf(starts, last); line++) {
    if ((starts[line + 1] ?? length) - starts[line]! > longestLine) return true;
  }
  return false;
}

/** The JSON Patch itself, one operation in each line; its paths begin at the pod. */
function operationLines(patch: readonly Operation[]): string {
  return patch.map((one) => `${one.op === 'remove' ? '-' : '+'} ${JSON.stringify(one)}\n`).join('');
}
