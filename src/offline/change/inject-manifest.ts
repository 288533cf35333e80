import type { PodTemplatePath } from '../../manifest/pod-template-path.ts';
import type { Manifest } from '../../manifest/read/manifest.ts';
import type { Knowledge } from '../evaluate/cluster-context.ts';
import { examine } from '../evaluate/evaluate.ts';
import { change } from './change-manifest.ts';
import type { Changed } from './manifest-change.ts';

/**
 * Does to a manifest what the webhook does to the pods of its objects, and to its Services. A pod that asks for a sidecar
 * and cannot have one is given the status annotation that says why, as by the webhook; one that may not run without is
 * left as it is.
 */
export function injectManifest(manifest: Manifest, paths: readonly PodTemplatePath[], knowledge: Knowledge): Changed {
  const wish = (document: Manifest['documents'][number]) =>
    examine(document, paths, knowledge).map(({ object, judged, misplaced }) => ({
      object,
      parts: judged.map(({ place, outcome: { decision, kinds, patch, reasons } }) => {
        return { place, decision, kinds, patch, reasons };
      }),
      reasons: misplaced,
    }));
  return change(manifest, wish, knowledge.namespaceAt);
}
