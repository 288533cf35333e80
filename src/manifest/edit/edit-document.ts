import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../json/json.ts';
import type { Operation } from '../../json/operation.ts';
import type { Failure, Success } from '../../result/result.ts';
import { applyEdits, Edits, type TextEdit } from '../../text/text-edit.ts';
import { parsePointer } from '../path.ts';
import type { ManifestDocument } from '../read/manifest.ts';
import { hasAlias, type Node, onlyPart } from '../read/node.ts';
import { jsonOf } from '../read/node-value.ts';
import { readYaml } from '../read/read-yaml.ts';
import { type BlockStyle, blockStyle, documentFlow } from '../write/layout-style.ts';
import { applyOperation, type Draft, draftValue, type Slot } from './document-draft.ts';
import { editValue } from './edit-block.ts';
import { settleAliases } from './settle-aliases.ts';

/** The edits of the manifest's text, by place; or which operation cannot be done, and why. */
export type Edited = Success<readonly TextEdit[]> | (Failure & { readonly operation: Operation });

/**
 * Applies a JSON Patch to the text of a document: comments, the order of keys, quotes, anchors, indentation and every
 * line that is not touched stay as they are, byte for byte. What is added is written like its neighbours, so that
 * removing it again gives back the text. An alias of something that changes is written out, so that its other users
 * keep their value.
 *
 * @param operations paths begin at the document; applied in their order, all or none
 */
export function editDocument(document: ManifestDocument, operations: readonly Operation[]): Edited {
  return documentEditor(document)(operations);
}

/**
 * The same for many patches of one document, each of it as it stands. What is known of the document is found out once.
 *
 * @param at the JSON pointer that all paths of the operations go on from: nothing outside of it is looked at
 */
export function documentEditor(document: ManifestDocument): (operations: readonly Operation[], at?: string) => Edited {
  let known: { readonly style: BlockStyle; readonly hasAliases: boolean } | undefined;
  return (operations, at = '') => {
    if (operations.length === 0) return { ok: true, value: [] };
    known ??= { style: blockStyle(document, eolOf(document)), hasAliases: hasAlias(document.root) };
    // An alias may lead to what is changed from anywhere.
    const part = known.hasAliases ? undefined : onlyPart(document.root, parsePointer(at) ?? []);
    const found = part === undefined ? operations : operations.map((one) => moved(one, at, part.at));
    return edited({ ...document, root: part?.root ?? document.root }, found, known.style);
  };
}

function moved(operation: Operation, from: string, to: string): Operation {
  return { ...operation, path: to + operation.path.slice(from.length) };
}

function eolOf({ text }: ManifestDocument): string {
  return text[text.indexOf('\n') - 1] === '\r' ? '\r\n' : '\n';
}

function edited(document: ManifestDocument, operations: readonly Operation[], style: BlockStyle): Edited {
  const slot: Slot = { draft: { type: 'kept', node: document.root } };
  for (const operation of operations) {
    const problem = applyOperation(slot, operation);
    if (problem !== undefined) return { ok: false, operation, problem };
  }
  if (slot.draft.type === 'kept') return { ok: true, value: [] };
  const disturbed = settleAliases(slot, document.root);
  const edits = written(document, slot.draft, disturbed, style);
  if (!edits.some(({ text }) => /\|-?[\r\n]/.test(text))) return { ok: true, value: edits };
  // A comment that follows may be indented so far that it becomes part of a block scalar.
  if (says(document, edits, draftValue(slot.draft))) return { ok: true, value: edits };
  return { ok: true, value: written(document, slot.draft, disturbed, { ...style, literal: false }) };
}

function written(
  { text, root, format }: ManifestDocument,
  draft: Draft,
  disturbed: ReadonlySet<Node>,
  block: BlockStyle,
): readonly TextEdit[] {
  const edits = new Edits(text);
  editValue({ text, edits, block, flow: documentFlow(format, block.eol), disturbed }, draft, { value: root }, block);
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
