import type { PodTemplatePath } from '../../manifest/pod-template-path.ts';
import type { Manifest, ManifestDocument } from '../../manifest/read/manifest.ts';
import type { ClusterContext } from '../evaluate/cluster-context.ts';
import { evaluateDocument } from '../evaluate/evaluate.ts';
import { changeManifest } from './change-manifest.ts';
import type { ManifestChange } from './manifest-change.ts';

/**
 * Changes a manifest as the webhook changes the pods of its objects, and its Services. A pod that asks for a sidecar
 * and cannot have one gets the status annotation that says why, as by the webhook; a pod that may not run without a
 * sidecar stays as it is.
 */
export function injectManifest(
  manifest: Manifest,
  paths: readonly PodTemplatePath[],
  cluster: ClusterContext,
): ManifestChange {
  const desiredChanges = (document: ManifestDocument) =>
    evaluateDocument(document, paths, cluster).map(({ object, evaluations, misplaced }) => ({
      object,
      parts: evaluations.map(({ location, outcome: { decision, kinds, patch, reasons } }) => {
        return { location, decision, kinds, patch, reasons };
      }),
      reasons: misplaced,
    }));
  return changeManifest(manifest, desiredChanges, cluster.findNamespace);
}
