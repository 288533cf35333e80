import { numberOf, objectsOf, textOf } from '../../json/json.ts';
import { controllingOwner } from '../../ownership/controlling-owner.ts';
import type { Pod } from './pod.ts';

/** Whether the pod is a Job's, or otherwise meant to end. */
export function runsToCompletion({ metadata, spec }: Pod): boolean {
  const restart = textOf(spec.restartPolicy);
  return (
    restart === 'Never' ||
    restart === 'OnFailure' ||
    controllingOwner(objectsOf(metadata.ownerReferences))?.kind === 'Job'
  );
}

/** The seconds that the pod has to stop; Kubernetes' default is 30. */
export function gracePeriodSeconds({ spec }: Pod): number {
  return numberOf(spec.terminationGracePeriodSeconds) ?? 30;
}
