import type { Operation } from '../inject/operation.ts';
import { editDocument, operationsAt } from '../manifest/edit.ts';
import { positionOf } from '../manifest/lines.ts';
import type { ManifestDocument } from '../manifest/manifest.ts';
import { unifiedDiff } from '../manifest/unified-diff.ts';

/**
 * The hunks of what a patch does to a document, with the line numbers of its file and without the header; empty where it
 * does nothing, or cannot be applied.
 *
 * @param at the JSON pointer that the patch's paths go on from
 */
export function hunksOf(document: ManifestDocument, at: string, patch: readonly Operation[]): string {
  const edited = editDocument(document, operationsAt(at, patch));
  if (!edited.ok || edited.edits.length === 0) return '';
  const { text, start, end } = document;
  // Of the document alone: a stream may have a thousand of them.
  const moved = edited.edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  const diff = unifiedDiff(text.slice(start, end), moved, { before: '', after: '' });
  const before = positionOf(document.lineStarts, start).line - 1;
  return diff
    .replace(/^--- \n\+\+\+ \n/, '')
    .replace(
      /^@@ -(\d+)((?:,\d+)?) \+(\d+)((?:,\d+)?) @@$/gm,
      (_, from: string, some: string, to: string, more: string) =>
        `@@ -${Number(from) + before}${some} +${Number(to) + before}${more} @@`,
    );
}
