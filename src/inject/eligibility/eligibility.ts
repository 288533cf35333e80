import { container, label, mirrorAnnotation, volume } from '../../contract/names.ts';
import { objectOf, textOf } from '../../json/json.ts';
import { kinds } from '../../kinds/kinds.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import type { Pod, PodContainer } from '../pod/pod.ts';
import { isNative, statusOf } from '../pod/status-annotation.ts';
import type { Request } from '../request/request.ts';
import { windowsEvidence } from './windows.ts';

/**
 * The objections to injecting a pod, checked before any plan, in this order; the first rule that holds decides.
 *
 * | the pod                                        | reason           | leads to  |
 * | ---------------------------------------------- | ---------------- | --------- |
 * | has no annotation and no label that asks       | not_asked        | unchanged |
 * | says "false"                                   | opted_out        | unchanged |
 * | is a mirror of a static pod                    | mirror_pod       | unchanged |
 * | exists already, or is being deleted            | pod_exists       | unchanged |
 * | carries our status and our container           | already_injected | unchanged |
 * | is of metrics-sidecar itself                   | own_pod          | skipped   |
 * | is for Windows                                 | windows          | skipped   |
 * | uses the node's network                        | host_network     | skipped   |
 * | has a container or volume of a name of ours    | name_taken       | skipped   |
 */
export function checkEligibility(pod: Pod, request: Request): Reason[] {
  if (request.asked === undefined) return [reason('not_asked', '')];
  if (request.asked === false) return [reason('opted_out', '')];
  if (pod.annotations.has(mirrorAnnotation)) return [reason('mirror_pod', mirrorAnnotation)];
  const field = existingField(pod);
  if (field !== undefined) return [reason('pod_exists', field)];
  if (isInjected(pod)) return [reason('already_injected', container.sidecar)];
  if (textOf(objectOf(pod.metadata.labels)?.[label.component]) === label.ownComponent) {
    return [reason('own_pod', `label ${label.component}`)];
  }
  const windows = windowsEvidence(pod);
  if (windows !== undefined) return [reason('windows', windows.field, windows.detail)];
  if (pod.spec.hostNetwork === true) return [reason('host_network', 'spec.hostNetwork')];
  return nameClashes(pod);
}

/** Whether an earlier pass injected the pod: it has the status and the container. A copied status proves nothing. */
function isInjected(pod: Pod): boolean {
  const status = statusOf(pod);
  return status !== undefined && status.injected === true && pod.containerNames.has(container.sidecar);
}

/** Native sidecars of ours that another webhook made ordinary init containers: they would block the pod for ever. */
export function strippedNatives(pod: Pod): readonly PodContainer[] {
  if (!isNative(statusOf(pod))) return [];
  return pod.initContainers.filter(({ name, native }) => !native && nativeNames.has(name));
}

const names = kinds.map(({ injection }) => injection.names);
const nativeNames: ReadonlySet<string> = new Set([container.sidecar, ...names.flatMap(({ running }) => running)]);
const ourContainers = [...nativeNames, ...names.flatMap(({ inits }) => inits)];
const ourVolumes = [volume.noToken, ...names.flatMap(({ volumes }) => volumes)];

/** The field that shows that the pod exists already, or is being deleted. */
function existingField({ metadata, json }: Pod): string | undefined {
  if (textOf(metadata.deletionTimestamp) !== undefined) return 'metadata.deletionTimestamp';
  if ((textOf(metadata.resourceVersion) ?? '') !== '') return 'metadata.resourceVersion';
  const phase = textOf(objectOf(json.status)?.phase);
  return phase === undefined || phase === 'Pending' ? undefined : 'status.phase';
}

function nameClashes({ containerNames, volumeNames }: Pod): Reason[] {
  return [
    ...ourContainers
      .filter((name) => containerNames.has(name))
      .map((name) => reason('name_taken', `container ${name}`)),
    ...ourVolumes.filter((name) => volumeNames.has(name)).map((name) => reason('name_taken', `volume ${name}`)),
  ];
}
