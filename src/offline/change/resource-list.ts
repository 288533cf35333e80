import { isList, type Json, type JsonObject, numberOf, objectOf, textOf, textsOf } from '../../json/json.ts';
import type { Operation } from '../../json/operation.ts';
import type { ManifestObject } from '../../manifest/objects.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';
import type { ChangedObject, Finding } from './manifest-change.ts';

/**
 * Whether a document is what a KRM function is given and gives back.
 * (Kustomize, "KRM Functions Specification", config.kubernetes.io/v1)
 */
function isResourceList({ value }: Pick<ManifestDocument, 'value'>): boolean {
  const object = objectOf(value);
  return object?.kind === 'ResourceList' && (textOf(object.apiVersion) ?? '').startsWith('config.kubernetes.io/');
}

/** The operations on a document; for a ResourceList with what is to be told, as results after those of functions before. */
export function withResults(
  document: ManifestDocument,
  operations: readonly Operation[],
  objects: readonly ChangedObject[],
): readonly Operation[] {
  if (!isResourceList(document)) return operations;
  const told = objects.flatMap(resultsOf);
  if (told.length === 0) return operations;
  const before = objectOf(document.value)?.results;
  if (isList(before))
    return [...operations, ...told.map((value) => ({ op: 'add', path: '/results/-', value }) as const)];
  return [...operations, { op: 'add', path: '/results', value: told }];
}

/** What was done, and every finding; that nothing was to be done is no news in a pipeline. */
function resultsOf(changed: ChangedObject): JsonObject[] {
  const { object, decision, kinds, findings } = changed;
  const done =
    decision === 'injected' || decision === 'uninjected'
      ? [resultOf(object, 'info', [decision, kinds.join(', ')].filter(Boolean).join(': '))]
      : [];
  const told = findings.filter(({ severity }) => severity !== 'info');
  return [...done, ...told.map((one) => ({ ...resultOf(object, one.severity, one.message), ...details(one) }))];
}

function resultOf(object: ManifestObject, severity: Finding['severity'], message: string): JsonObject {
  const { apiVersion, kind, namespace, name, value } = object;
  const file = fileOf(value);
  return {
    message,
    severity,
    resourceRef: { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) },
    ...(file !== undefined && { file }),
  };
}

function details({ reason, field }: Finding): JsonObject {
  return { ...(field !== undefined && field !== '' && { field: { path: field } }), tags: { code: reason.code } };
}

/** The file that the orchestrator read the object from, and its number there. */
function fileOf(value: JsonObject): Json | undefined {
  const annotations = textsOf(objectOf(value.metadata)?.annotations);
  const one = (name: string) =>
    annotations.get(`internal.config.kubernetes.io/${name}`) ?? annotations.get(`config.kubernetes.io/${name}`);
  const path = one('path');
  if (path === undefined) return undefined;
  const index = numberOf(Number(one('index') ?? Number.NaN));
  return { path, ...(index !== undefined && Number.isInteger(index) && { index }) };
}
