import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../inject/json.ts';
import type { Operation } from '../inject/operation.ts';
import { settleAliases } from './disturbed.ts';
import { applyOperation, type Draft, draftValue, type Slot } from './draft.ts';
import { editValue } from './edit-block.ts';
import type { ManifestDocument } from './manifest.ts';
import type { Node } from './node.ts';
import { readYaml } from './read-yaml.ts';
import { blockStyle, documentFlow } from './style.ts';
import { applyEdits, Edits, type TextEdit } from './text-edit.ts';
import { jsonOf } from './value.ts';

/** The edits of the manifest's text, by place; or which operation cannot be done, and why. */
export type Edited =
  | { readonly ok: true; readonly edits: readonly TextEdit[] }
  | { readonly ok: false; readonly operation: Operation; readonly problem: string };

/**
 * Applies a JSON Patch to the text of a document: comments, the order of keys, quotes, anchors, indentation and every line
 * that is not touched stay as they are, byte for byte. What is added is written like its neighbours, so that removing it
 * again gives back the text. An alias of something that changes is written out, so that its other users keep their value.
 *
 * @param operations paths begin at the document; applied in their order, all or none
 */
export function editDocument(document: ManifestDocument, operations: readonly Operation[]): Edited {
  const slot: Slot = { draft: { type: 'kept', node: document.root } };
  for (const operation of operations) {
    const problem = applyOperation(slot, operation);
    if (problem !== undefined) return { ok: false, operation, problem };
  }
  if (slot.draft.type === 'kept') return { ok: true, edits: [] };
  const disturbed = settleAliases(slot, document.root);
  const edits = written(document, slot.draft, disturbed, true);
  if (!edits.some(({ text }) => /\|-?[\r\n]/.test(text))) return { ok: true, edits };
  // A comment that follows may be indented so far that it becomes part of a block scalar.
  if (says(document, edits, draftValue(slot.draft))) return { ok: true, edits };
  return { ok: true, edits: written(document, slot.draft, disturbed, false) };
}

function written(
  document: ManifestDocument,
  draft: Draft,
  disturbed: ReadonlySet<Node>,
  literal: boolean,
): readonly TextEdit[] {
  const { text, root, format } = document;
  const eol = text[text.indexOf('\n') - 1] === '\r' ? '\r\n' : '\n';
  const found = blockStyle(document, eol);
  const block = { ...found, literal: found.literal && literal };
  const edits = new Edits(text);
  editValue({ text, edits, block, flow: documentFlow(format, eol), disturbed }, draft, { value: root }, block);
  return edits.all();
}

/** Whether the edited document reads back as the value. */
function says({ text, start, end }: ManifestDocument, edits: readonly TextEdit[], value: Json): boolean {
  const moved = edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  const edited = applyEdits(text.slice(start, end), moved);
  const { root } = readYaml(edited, { start: 0, end: edited.length });
  return root !== undefined && isDeepStrictEqual(jsonOf(root), value);
}

/** Operations of an object, with the path of that object before their own. */
export function operationsAt(path: string, operations: readonly Operation[]): readonly Operation[] {
  return path === '' ? operations : operations.map((operation) => ({ ...operation, path: path + operation.path }));
}
