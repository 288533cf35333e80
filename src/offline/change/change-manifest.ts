import type { Reason } from '../../inject/outcome/outcome.ts';
import { sentence } from '../../inject/outcome/reason-text.ts';
import { reasons as catalogue } from '../../inject/outcome/reasons.ts';
import type { Operation } from '../../json/operation.ts';
import { pointer } from '../../json/operation.ts';
import { editDocument, operationsAt } from '../../manifest/edit/edit-document.ts';
import type { ManifestObject, PodLocation } from '../../manifest/objects.ts';
import { locate, type Path } from '../../manifest/path.ts';
import type { Manifest, ManifestDocument } from '../../manifest/read/manifest.ts';
import type { ManifestProblem } from '../../manifest/read/manifest-problem.ts';
import type { TextEdit } from '../../text/text-edit.ts';
import type { LocatedObject } from '../evaluate/cluster-context.ts';
import { objectNamePath, reasonPath } from '../evaluate/reason-path.ts';
import type { DesiredChange, DesiredPatch, ManifestChange, ObjectChange, ReasonFinding } from './manifest-change.ts';
import { withResults } from './resource-list.ts';

/** Finds the manifest of a namespace, whose label a reason may be about. */
export type FindNamespace = (namespace: string | undefined) => LocatedObject | undefined;

/**
 * Changes the text of a manifest as its objects need it. Documents that need no change keep every byte; so does a
 * document that cannot be edited, with a problem that says why.
 */
export function changeManifest(
  manifest: Manifest,
  desiredChanges: (document: ManifestDocument) => readonly DesiredChange[],
  findNamespace: FindNamespace = () => undefined,
): ManifestChange {
  const objects: ObjectChange[] = [];
  const problems: ManifestProblem[] = [...manifest.problems];
  const edits: TextEdit[] = [];
  const operations = new Map<ManifestDocument, readonly Operation[]>();
  for (const document of manifest.documents) {
    const desired = desiredChanges(document);
    problems.push(...desired.flatMap(({ object }) => missingTemplates(document, object)));
    const changes = desired.filter(isReported).map((one) => objectChange(document, one, { findNamespace }));
    const patches = desired.flatMap(({ parts }) =>
      parts.flatMap(({ location, patch }) => operationsAt(location.pointer, patch)),
    );
    const all = withResults(document, patches, changes);
    const edited = editDocument(document, all);
    objects.push(...changes);
    if (edited.ok) {
      edits.push(...edited.value);
      operations.set(document, all);
      continue;
    }
    const message = `cannot be changed, and stays as it is: ${edited.operation.path}: ${edited.problem}`;
    const position = locate(document, edited.operation.path);
    problems.push({ severity: 'error', source: document.source, document: document.number, ...position, message });
  }
  return { manifest, objects, problems, edits, operations };
}

/** A path for the kind of an object that leads to no pod template in it is most likely mistyped. */
function missingTemplates(document: ManifestDocument, object: ManifestObject): readonly ManifestProblem[] {
  const { source, number } = document;
  return object.missing.map(({ text }) => ({
    severity: 'warning',
    source,
    document: number,
    ...locate(document, objectNamePath(object)),
    message: `${object.kind}/${object.name}: --pod-template-path ${text} leads to no pod template`,
  }));
}

/** Most Services have no annotations of ours: these are not reported. */
function isReported({ object, parts, reasons }: DesiredChange): boolean {
  if (reasons.length > 0) return true;
  const isQuiet = object.form === 'service' && parts.every((part) => part.decision === 'unchanged' && !hasNews(part));
  return parts.length > 0 && !isQuiet;
}

function hasNews({ reasons }: DesiredPatch): boolean {
  return reasons.some(({ code }) => code !== 'not_injected');
}

interface Context {
  readonly findNamespace: FindNamespace;
}

function objectChange(
  document: ManifestDocument,
  { object, parts, reasons }: DesiredChange,
  context: Context,
): ObjectChange {
  const at: PodLocation = { path: object.path, pointer: '', value: object.value };
  const findings = [
    ...reasons.map((one) => findingOf(document, object, at, one, context)),
    ...parts.flatMap(({ location, reasons: own }) =>
      own.map((one) => findingOf(document, object, location, one, context)),
    ),
  ];
  const decisions = new Set(parts.map(({ decision }) => decision));
  return {
    document,
    object,
    ...locate(document, objectNamePath(object)),
    decision: weightiest.find((one) => decisions.has(one)) ?? 'unchanged',
    kinds: [...new Set(parts.flatMap(({ kinds }) => kinds))],
    patch: parts.flatMap(({ location, patch }) =>
      operationsAt(location.pointer.slice(pointer(...object.path).length), patch),
    ),
    findings,
  };
}

const weightiest = ['denied', 'invalid', 'skipped', 'injected', 'uninjected', 'unchanged'] as const;

function findingOf(
  document: ManifestDocument,
  object: ManifestObject,
  location: PodLocation,
  reason: Reason,
  { findNamespace }: Context,
): ReasonFinding {
  const { severity } = catalogue[reason.code];
  const head = { severity, reason, message: sentence(reason) };
  const namespace = reason.code === 'bad_namespace_label' ? findNamespace(object.namespace) : undefined;
  if (namespace !== undefined) {
    const path = [...namespace.object.path, 'metadata', 'labels', reason.subject];
    return { ...head, source: namespace.document.source, ...locate(namespace.document, path) };
  }
  const subject = reason.subject.replace(/^annotation (?=\S)/, '');
  const path = reasonPath({ ...reason, subject }, { object, location });
  const field = fieldOf(path.slice(object.path.length));
  return { ...head, source: document.source, ...locate(document, path), field };
}

function fieldOf(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : /^\w+$/.test(part) ? `.${part}` : `['${part}']`))
    .join('')
    .replace(/^\./, '');
}
