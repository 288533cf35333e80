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
 * What becomes of an object that is to lose what an injection gave it.
 * - uninjected: the patch takes it off.
 * - unchanged: nothing was ever added; the patch is empty.
 * - invalid: what was added cannot be told; the patch is empty.
 */
export interface Uninjected {
  readonly decision: 'uninjected' | 'unchanged' | 'invalid';
  readonly patch: readonly Operation[];
  readonly reasons: readonly Reason[];
  /** As those of an injection: one line each, errors and warnings only. */
  readonly warnings: readonly string[];
}

/** Names that this or another version gives containers and volumes: a status is text that anyone can edit. */
const ourName = /^metrics-sidecar(-|$)/;

/**
 * Takes off what `injectPod` put on, so that the pod is again what went in, but for what somebody changed since: that
 * stays, and is named. The status annotation itself is never given back, whoever wrote it: twice is the same as once.
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
  return undone(pod, { status, ...(undo !== undefined && { undo }) });
}

function undone(pod: Pod, record: InjectionRecord): Uninjected {
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

/** What was added to a list, by name; where an older status does not say so, everything that has a name of ours. */
function namesOf({ spec }: Pod, { status, undo }: InjectionRecord, list: 'containers' | 'initContainers' | 'volumes') {
  const said = textListOf(status[list]).filter((name) => ourName.test(name));
  if (undo !== undefined || said.length > 0) return said;
  const known: readonly string[] = Object.values(list === 'volumes' ? volume : container);
  return objectsOf(spec[list]).flatMap(({ name }) => (known.includes(textOf(name) ?? '') ? [textOf(name)!] : []));
}

/** Without a status nothing tells what was added; a label alone is copied easily, so it is only spoken of. */
function unchanged(json: JsonObject): Uninjected {
  const isMarked = textsOf(objectOf(json.metadata)?.labels).get(label.injected) === 'true';
  const reasons = [isMarked ? reason('status_missing', `label ${label.injected}`) : reason('not_injected', '')];
  return { decision: 'unchanged', patch: [], reasons, warnings: warningsOf(reasons) };
}

function invalid(found: Reason): Uninjected {
  return { decision: 'invalid', patch: [], reasons: [found], warnings: warningsOf([found]) };
}

function outcome(patch: readonly Operation[], reasons: readonly Reason[]): Uninjected {
  return { decision: 'uninjected', patch, reasons, warnings: warningsOf(reasons) };
}
