import type { Outcome } from '../../inject/outcome/outcome.ts';
import { reasons as catalogue } from '../../inject/outcome/reasons.ts';
import type { ManifestObject, PodLocation } from '../../manifest/objects.ts';
import type { PodTemplatePath } from '../../manifest/pod-template-path.ts';
import type { Manifest, ManifestDocument } from '../../manifest/read/manifest.ts';
import type { ClusterContext } from '../evaluate/cluster-context.ts';
import { evaluateDocument } from '../evaluate/evaluate.ts';
import { isLeftToWebhook, leftToWebhook } from '../evaluate/left-to-webhook.ts';
import { changeManifest } from './change-manifest.ts';
import type { DesiredPatch, ManifestChange } from './manifest-change.ts';

/**
 * Changes a manifest as the webhook changes the pods of its objects, and its Services. A pod that asks for a sidecar
 * and cannot have one gets the status annotation that says why, as by the webhook; a pod that may not run without a
 * sidecar stays as it is, and so does a custom resource whose template no path names.
 */
export function injectManifest(
  manifest: Manifest,
  paths: readonly PodTemplatePath[],
  cluster: ClusterContext,
): ManifestChange {
  const desiredChanges = (document: ManifestDocument) =>
    evaluateDocument(document, paths, cluster).map(({ object, evaluations, misplaced }) => ({
      object,
      parts: evaluations.map(({ location, outcome }) => desiredPatch(object, location, outcome)),
      reasons: misplaced,
    }));
  return changeManifest(manifest, desiredChanges, cluster.findNamespace);
}

function desiredPatch(object: ManifestObject, location: PodLocation, outcome: Outcome): DesiredPatch {
  const { decision, kinds, patch, reasons } = outcome;
  if (!isLeftToWebhook(object)) return { location, decision, kinds, patch, reasons };
  if (decision !== 'injected') return { location, decision, kinds, patch: [], reasons };
  const problems = reasons.filter(({ code }) => catalogue[code].severity !== 'info');
  return { location, decision: 'unchanged', kinds, patch: [], reasons: [...problems, leftToWebhook(object, location)] };
}
