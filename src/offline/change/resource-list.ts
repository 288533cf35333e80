import { isList, type Json, type JsonObject, numberOf, objectOf, textOf, textsOf } from '../../json/json.ts';
import type { Operation } from '../../json/operation.ts';
import type { ManifestObject } from '../../manifest/objects.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';
import type { ObjectChange, ReasonFinding } from './manifest-change.ts';

/**
 * Whether a document is a ResourceList, the input and output of a KRM function.
 * (Kustomize, "KRM Functions Specification", config.kubernetes.io/v1)
 */
function isResourceList({ value }: Pick<ManifestDocument, 'value'>): boolean {
  const object = objectOf(value);
  return object?.kind === 'ResourceList' && (textOf(object.apiVersion) ?? '').startsWith('config.kubernetes.io/');
}

/** The operations on a document; on a ResourceList they also add its results behind those of earlier functions. */
export function withResults(
  document: ManifestDocument,
  operations: readonly Operation[],
  objects: readonly ObjectChange[],
): readonly Operation[] {
  if (!isResourceList(document)) return operations;
  const results = objects.flatMap(resultsOf);
  if (results.length === 0) return operations;
  const before = objectOf(document.value)?.results;
  if (isList(before))
    return [...operations, ...results.map((value) => ({ op: 'add', path: '/results/-', value }) as const)];
  return [...operations, { op: 'add', path: '/results', value: results }];
}

/**
 * One result for the injection and one for each finding. A pipeline needs no results of objects that stay as they are.
 */
function resultsOf({ object, decision, kinds, findings }: ObjectChange): JsonObject[] {
  const done =
    decision === 'injected' || decision === 'uninjected'
      ? [resultOf(object, 'info', [decision, kinds.join(', ')].filter(Boolean).join(': '))]
      : [];
  const problems = findings.filter(({ severity }) => severity !== 'info');
  return [...done, ...problems.map((one) => ({ ...resultOf(object, one.severity, one.message), ...details(one) }))];
}

function resultOf(object: ManifestObject, severity: ReasonFinding['severity'], message: string): JsonObject {
  const { apiVersion, kind, namespace, name, value } = object;
  const file = fileOf(value);
  return {
    message,
    severity,
    resourceRef: { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) },
    ...(file !== undefined && { file }),
  };
}

function details({ reason, field }: ReasonFinding): JsonObject {
  return { ...(field !== undefined && field !== '' && { field: { path: field } }), tags: { code: reason.code } };
}

/** The file that the orchestrator read the object from, and the object's number in it. */
function fileOf(value: JsonObject): Json | undefined {
  const annotations = textsOf(objectOf(value.metadata)?.annotations);
  const one = (name: string) =>
    annotations.get(`internal.config.kubernetes.io/${name}`) ?? annotations.get(`config.kubernetes.io/${name}`);
  const path = one('path');
  if (path === undefined) return undefined;
  const index = numberOf(Number(one('index') ?? Number.NaN));
  return { path, ...(index !== undefined && Number.isInteger(index) && { index }) };
}
