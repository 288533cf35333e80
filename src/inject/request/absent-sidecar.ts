import { label, managedAnnotation, mirrorAnnotation } from '../../contract/names.ts';
import { injectAnnotation } from '../../kinds/annotations.ts';
import { readStatus } from '../pod/status-annotation.ts';
import { asksForSidecar } from './asks.ts';

/**
 * Why a pod that asks for a sidecar has none.
 * - missed: it was created without the webhook being asked. The webhook was not installed yet, was not reachable, or
 *   did not answer in time (`failurePolicy: Ignore`). Creating the pod again is what helps.
 * - refused: the webhook was asked and left the pod as it is; its status annotation says why.
 */
export type Absence = 'missed' | 'refused';

/** The pods among which the API server is asked for: running or about to run, not injected, not of our own. */
export const candidates = {
  labelSelector: `${label.injected}!=true,${label.component}!=${label.ownComponent}`,
  fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
} as const;

/** The part of a pod's metadata that decides. */
export interface CandidateMetadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly deletionTimestamp?: string;
}

/**
 * | annotation    | namespace's label | status annotation   | absence |
 * | ------------- | ----------------- | ------------------- | ------- |
 * | kinds, or bad | any               | none                | missed  |
 * | none          | kinds, or bad     | none                | missed  |
 * | kinds, or bad | any               | `"injected": false` | refused |
 * | none          | kinds, or bad     | `"injected": false` | refused |
 * | kinds, or bad | any               | anything else       | none    |
 * | none          | kinds, or bad     | anything else       | none    |
 * | "false"       | any               | any                 | none    |
 * | none          | none, "false"     | any                 | none    |
 *
 * A status that says `"injected": true` on a pod without our label is that of `kubectl debug --copy-to`, which copies
 * the sidecar and drops the labels. Pods that are being deleted, mirrors of static pods, injected pods and pods of our
 * own have no absence.
 */
export function sidecarAbsence(
  metadata: CandidateMetadata,
  namespaceLabels: Readonly<Record<string, string>>,
): Absence | undefined {
  const { annotations = {}, labels = {}, deletionTimestamp } = metadata;
  if (deletionTimestamp !== undefined || annotations[mirrorAnnotation] !== undefined) return undefined;
  if (labels[label.injected] === 'true' || labels[label.component] === label.ownComponent) return undefined;
  if (!asksForSidecar(annotations[injectAnnotation.inject.key], namespaceLabels)) return undefined;
  const status = annotations[managedAnnotation.status];
  if (status === undefined) return 'missed';
  return readStatus(status)?.injected === false ? 'refused' : undefined;
}
