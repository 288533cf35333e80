import { uninjectPod } from '../../inject/uninject/uninject.ts';
import { uninjectService } from '../../inject/uninject/uninject-service.ts';
import { objectsOf } from '../../manifest/objects.ts';
import type { PodTemplatePath } from '../../manifest/pod-template-path.ts';
import type { Manifest } from '../../manifest/read/manifest.ts';
import { placesOf } from '../evaluate/evaluate.ts';
import { change } from './change-manifest.ts';
import type { Changed } from './manifest-change.ts';

/**
 * Takes out of a manifest what an injection put there, so that its text is again what was injected; what somebody changed
 * since stays, and is named.
 */
export function uninjectManifest(manifest: Manifest, paths: readonly PodTemplatePath[]): Changed {
  return change(manifest, (document) =>
    objectsOf(document, paths).map((object) => ({
      object,
      parts: placesOf(object).map(({ subject, place }) => {
        const uninjected = subject === 'service' ? uninjectService(place.value) : uninjectPod(place.value);
        return { place, ...uninjected, kinds: [] };
      }),
      reasons: [],
    })),
  );
}
