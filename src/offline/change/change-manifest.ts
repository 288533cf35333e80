import type { Reason } from '../../inject/outcome/outcome.ts';
import { sentence } from '../../inject/outcome/reason-text.ts';
import { reasons as catalogue } from '../../inject/outcome/reasons.ts';
import type { Operation } from '../../json/operation.ts';
import { pointer } from '../../json/operation.ts';
import { editDocument, operationsAt } from '../../manifest/edit/edit-document.ts';
import type { ManifestObject, PodPlace } from '../../manifest/objects.ts';
import { locate, type Path } from '../../manifest/path.ts';
import type { Manifest, ManifestDocument } from '../../manifest/read/manifest.ts';
import type { Problem } from '../../manifest/read/manifest-problem.ts';
import type { TextEdit } from '../../text/text-edit.ts';
import type { Stands } from '../evaluate/cluster-context.ts';
import { namePath, pathOf } from '../evaluate/reason-path.ts';
import type { Changed, ChangedObject, Finding, Wish, WishedPart } from './manifest-change.ts';
import { withResults } from './resource-list.ts';

/** The namespace that speaks in a reason about a pod's namespace. */
export type NamespaceAt = (namespace: string | undefined) => Stands | undefined;

/**
 * Does to the text of a manifest what is wished of each of its objects. Documents that need no change keep every byte;
 * so does a document that cannot be edited, with a problem that says why.
 */
export function change(
  manifest: Manifest,
  wish: (document: ManifestDocument) => readonly Wish[],
  namespaceAt: NamespaceAt = () => undefined,
): Changed {
  const objects: ChangedObject[] = [];
  const problems: Problem[] = [...manifest.problems];
  const edits: TextEdit[] = [];
  const operations = new Map<ManifestDocument, readonly Operation[]>();
  for (const document of manifest.documents) {
    const wishes = wish(document);
    problems.push(...wishes.flatMap(({ object }) => missingTemplates(document, object)));
    const found = wishes.filter(isTold).map((one) => changed(document, one, { namespaceAt }));
    const wished = wishes.flatMap(({ parts }) =>
      parts.flatMap(({ place, patch }) => operationsAt(place.pointer, patch)),
    );
    const all = withResults(document, wished, found);
    const edited = editDocument(document, all);
    objects.push(...found);
    if (edited.ok) {
      edits.push(...edited.edits);
      operations.set(document, all);
      continue;
    }
    const message = `cannot be changed, and stays as it is: ${edited.operation.path}: ${edited.problem}`;
    const position = locate(document, edited.operation.path);
    problems.push({ severity: 'error', source: document.source, document: document.number, ...position, message });
  }
  return { manifest, objects, problems, edits, operations };
}

/** A path that was given for the kind of an object and leads to no pod template in it is mistyped, most likely. */
function missingTemplates(document: ManifestDocument, object: ManifestObject): readonly Problem[] {
  const { source, number } = document;
  return object.missing.map(({ text }) => ({
    severity: 'warning',
    source,
    document: number,
    ...locate(document, namePath(object)),
    message: `${object.kind}/${object.name}: --pod-template-path ${text} leads to no pod template`,
  }));
}

/** A Service says nothing of ours, most of the time. */
function isTold({ object, parts, reasons }: Wish): boolean {
  if (reasons.length > 0) return true;
  const isQuiet = object.form === 'service' && parts.every((part) => part.decision === 'unchanged' && !speaks(part));
  return parts.length > 0 && !isQuiet;
}

function speaks({ reasons }: WishedPart): boolean {
  return reasons.some(({ code }) => code !== 'not_injected');
}

interface Context {
  readonly namespaceAt: NamespaceAt;
}

function changed(document: ManifestDocument, { object, parts, reasons }: Wish, context: Context): ChangedObject {
  const at: PodPlace = { path: object.path, pointer: '', value: object.value };
  const findings = [
    ...reasons.map((one) => finding(document, object, at, one, context)),
    ...parts.flatMap(({ place, reasons: own }) => own.map((one) => finding(document, object, place, one, context))),
  ];
  const decisions = new Set(parts.map(({ decision }) => decision));
  return {
    document,
    object,
    ...locate(document, namePath(object)),
    decision: weightiest.find((one) => decisions.has(one)) ?? 'unchanged',
    kinds: [...new Set(parts.flatMap(({ kinds }) => kinds))],
    patch: parts.flatMap(({ place, patch }) =>
      operationsAt(place.pointer.slice(pointer(...object.path).length), patch),
    ),
    findings,
  };
}

const weightiest = ['denied', 'invalid', 'skipped', 'injected', 'uninjected', 'unchanged'] as const;

function finding(
  document: ManifestDocument,
  object: ManifestObject,
  place: PodPlace,
  found: Reason,
  { namespaceAt }: Context,
): Finding {
  const { severity } = catalogue[found.code];
  const told = { severity, reason: found, message: sentence(found) };
  const namespace = found.code === 'bad_namespace_label' ? namespaceAt(object.namespace) : undefined;
  if (namespace !== undefined) {
    const path = [...namespace.object.path, 'metadata', 'labels', found.subject];
    return { ...told, source: namespace.document.source, ...locate(namespace.document, path) };
  }
  const subject = found.subject.replace(/^annotation (?=\S)/, '');
  const path = pathOf({ ...found, subject }, { object, place });
  const field = fieldOf(path.slice(object.path.length));
  return { ...told, source: document.source, ...locate(document, path), field };
}

function fieldOf(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : /^\w+$/.test(part) ? `.${part}` : `['${part}']`))
    .join('')
    .replace(/^\./, '');
}
