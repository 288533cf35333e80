import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../json/json.ts';
import { type Operation, parsePointer } from '../../json/operation.ts';
import type { Failure, Success } from '../../result/result.ts';
import { applyEdits, Edits, type TextEdit } from '../../text/text-edit.ts';
import type { ManifestDocument } from '../read/manifest.ts';
import { hasAlias, type Node, onlyPart } from '../read/node.ts';
import { jsonOf } from '../read/node-value.ts';
import { readYaml } from '../read/read-yaml.ts';
import { type BlockStyle, blockStyle, documentFlow } from '../write/layout-style.ts';
import { applyOperation, type Draft, type DraftSlot, draftValue } from './document-draft.ts';
import { editValue } from './edit-block.ts';
import { settleAliases } from './settle-aliases.ts';

/** The edits of the manifest's text in the order of their offsets; or the operation that cannot be applied, and why. */
export type EditResult = Success<readonly TextEdit[]> | (Failure & { readonly operation: Operation });

/**
 * Applies a JSON Patch to the text of a document: comments, the order of keys, quotes, anchors, indentation and every
 * line that no operation concerns stay as they are, byte for byte. Additions are written like their neighbours, so that
 * removing them gives the text back. An alias of a value that changes is replaced by the value before the change, so
 * that it keeps its meaning.
 *
 * @param operations their paths begin at the document; they are applied in order, all or none
 */
export function editDocument(document: ManifestDocument, operations: readonly Operation[]): EditResult {
  return documentEditor(document)(operations);
}

/**
 * Edits a document by many patches, each of which begins with the document as it is. The style of the document is
 * measured once.
 *
 * @param at the JSON pointer with which all paths of the operations begin: only the value there is walked
 */
export function documentEditor(
  document: ManifestDocument,
): (operations: readonly Operation[], at?: string) => EditResult {
  let facts: { readonly style: BlockStyle; readonly hasAliases: boolean } | undefined;
  return (operations, at = '') => {
    if (operations.length === 0) return { ok: true, value: [] };
    facts ??= { style: blockStyle(document, eolOf(document)), hasAliases: hasAlias(document.root) };
    // With aliases a change may concern every part of the document.
    const part = facts.hasAliases ? undefined : onlyPart(document.root, parsePointer(at) ?? []);
    const own = part === undefined ? operations : operations.map((one) => rebased(one, at, part.at));
    return editsOf({ ...document, root: part?.root ?? document.root }, own, facts.style);
  };
}

function rebased(operation: Operation, from: string, to: string): Operation {
  return { ...operation, path: to + operation.path.slice(from.length) };
}

function eolOf({ text }: ManifestDocument): string {
  return text[text.indexOf('\n') - 1] === '\r' ? '\r\n' : '\n';
}

function editsOf(document: ManifestDocument, operations: readonly Operation[], style: BlockStyle): EditResult {
  const slot: DraftSlot = { draft: { type: 'source', node: document.root } };
  for (const operation of operations) {
    const problem = applyOperation(slot, operation);
    if (problem !== undefined) return { ok: false, operation, problem };
  }
  if (slot.draft.type === 'source') return { ok: true, value: [] };
  const staleAnchors = settleAliases(slot, document.root);
  const edits = editsFor(document, slot.draft, staleAnchors, style);
  if (!edits.some(({ text }) => /\|-?[\r\n]/.test(text))) return { ok: true, value: edits };
  // A comment behind a new block scalar may be indented so far that it would become part of the scalar.
  if (readsBackAs(document, edits, draftValue(slot.draft))) return { ok: true, value: edits };
  return { ok: true, value: editsFor(document, slot.draft, staleAnchors, { ...style, literal: false }) };
}

function editsFor(
  { text, root, format }: ManifestDocument,
  draft: Draft,
  staleAnchors: ReadonlySet<Node>,
  block: BlockStyle,
): readonly TextEdit[] {
  const edits = new Edits(text);
  editValue({ text, edits, block, flow: documentFlow(format, block.eol), staleAnchors }, draft, { value: root }, block);
  return edits.all();
}

/** Whether the edited document reads back as the value. */
function readsBackAs({ text, start, end }: ManifestDocument, edits: readonly TextEdit[], value: Json): boolean {
  const shifted = edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  const result = applyEdits(text.slice(start, end), shifted);
  const { root } = readYaml(result, { start: 0, end: result.length });
  return root !== undefined && isDeepStrictEqual(jsonOf(root), value);
}

/** Operations on an object as operations on its document: their paths get the path of the object as a prefix. */
export function operationsAt(path: string, operations: readonly Operation[]): readonly Operation[] {
  return path === '' ? operations : operations.map((operation) => ({ ...operation, path: path + operation.path }));
}
