import { container, label, managedAnnotation, volume } from '../../contract/names.ts';
import { type JsonObject, objectOf, objectsOf, textListOf, textOf, textsOf } from '../../json/json.ts';
import type { Operation } from '../../json/operation.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason, warningsOf } from '../outcome/reason-text.ts';
import { type Pod, readPod } from '../pod/pod.ts';
import { readStatus } from '../pod/status-annotation.ts';
import { type InjectionRecord, readUndo } from '../pod/undo.ts';
import { annotationEdits, labelEdits, metadataOperations } from './uninject-metadata.ts';
import { containerEdits, listEdits } from './uninject-spec.ts';

/**
 * The outcome of removing an injection.
 * - uninjected: the patch removes it.
 * - unchanged: nothing was ever added; the patch is empty.
 * - invalid: no record tells the additions; the patch is empty.
 */
export interface Uninjected {
  readonly decision: 'uninjected' | 'unchanged' | 'invalid';
  readonly patch: readonly Operation[];
  readonly reasons: readonly Reason[];
  /** One line each, errors and warnings only, as for an injection. */
  readonly warnings: readonly string[];
}

/** The names that any version gives containers and volumes. A status may name others: anyone can edit its text. */
const ourName = /^metrics-sidecar(-|$)/;

/**
 * Removes the additions of `injectPod`, so that the pod is again as it was before. An addition that was changed since
 * stays, and a reason names it. The status annotation is removed in any case, so that a second pass changes nothing.
 *
 * @param json a pod or a pod template (metadata and spec), as it stands in a file; never written to
 */
export function uninjectPod(json: JsonObject): Uninjected {
  const annotations = textsOf(objectOf(json.metadata)?.annotations);
  const text = annotations.get(managedAnnotation.status);
  if (text === undefined) return unchanged(json);
  const pod = readPod(json);
  if ('problem' in pod) return invalid(reason('malformed_pod', 'pod', pod.problem));
  const status = readStatus(text);
  if (typeof status?.injected !== 'boolean') return invalid(reason('status_unreadable', managedAnnotation.status));
  const undo = readUndo(status);
  return removeInjection(pod, { status, ...(undo !== undefined && { undo }) });
}

function removeInjection(pod: Pod, record: InjectionRecord): Uninjected {
  const empty = record.undo?.empty ?? {};
  if (record.status.injected === false) {
    const patch = metadataOperations(pod.json, [{ field: 'annotations', remove: [managedAnnotation.status] }], empty);
    return outcome(patch, []);
  }
  const names = {
    containers: namesOf(pod, record, 'containers'),
    initContainers: namesOf(pod, record, 'initContainers'),
    volumes: namesOf(pod, record, 'volumes'),
  };
  const lists = listEdits(pod, names, empty);
  const containers = containerEdits(pod, record, lists.removed);
  const annotations = annotationEdits(pod, record);
  const labels = labelEdits(pod, record);
  const reasons = [
    ...(record.undo === undefined ? [reason('undo_missing', managedAnnotation.status)] : []),
    ...annotations.reasons,
    ...labels.reasons,
    ...containers.reasons,
    ...lists.reasons,
  ];
  return outcome(
    [
      ...metadataOperations(pod.json, [annotations.edit, labels.edit], empty),
      ...containers.operations,
      ...lists.operations,
    ],
    reasons,
  );
}

/** The names of the additions to a list; where an older status has none, every item with a name of ours. */
function namesOf({ spec }: Pod, { status, undo }: InjectionRecord, list: 'containers' | 'initContainers' | 'volumes') {
  const recorded = textListOf(status[list]).filter((name) => ourName.test(name));
  if (undo !== undefined || recorded.length > 0) return recorded;
  const ourNames: readonly string[] = Object.values(list === 'volumes' ? volume : container);
  return objectsOf(spec[list]).flatMap(({ name }) => (ourNames.includes(textOf(name) ?? '') ? [textOf(name)!] : []));
}

/** Without a status there is no record of additions. A label alone is copied easily, so it is only a reason. */
function unchanged(json: JsonObject): Uninjected {
  const isMarked = textsOf(objectOf(json.metadata)?.labels).get(label.injected) === 'true';
  const reasons = [isMarked ? reason('status_missing', `label ${label.injected}`) : reason('not_injected', '')];
  return { decision: 'unchanged', patch: [], reasons, warnings: warningsOf(reasons) };
}

function invalid(problem: Reason): Uninjected {
  return { decision: 'invalid', patch: [], reasons: [problem], warnings: warningsOf([problem]) };
}

function outcome(patch: readonly Operation[], reasons: readonly Reason[]): Uninjected {
  return { decision: 'uninjected', patch, reasons, warnings: warningsOf(reasons) };
}
