import { uninjectPod } from '../../inject/uninject/uninject.ts';
import { uninjectService } from '../../inject/uninject/uninject-service.ts';
import { objectsOf } from '../../manifest/objects.ts';
import type { PodTemplatePath } from '../../manifest/pod-template-path.ts';
import type { Manifest } from '../../manifest/read/manifest.ts';
import { injectionLocations } from '../evaluate/evaluate.ts';
import { changeManifest } from './change-manifest.ts';
import type { ManifestChange } from './manifest-change.ts';

/**
 * Removes from a manifest everything that an injection added, so that its text is again the text before. Fields that
 * somebody changed since stay, and are named.
 */
export function uninjectManifest(manifest: Manifest, paths: readonly PodTemplatePath[]): ManifestChange {
  return changeManifest(manifest, (document) =>
    objectsOf(document, paths).map((object) => ({
      object,
      parts: injectionLocations(object).map(({ subject, location }) => {
        const uninjected = subject === 'service' ? uninjectService(location.value) : uninjectPod(location.value);
        return { location, ...uninjected, kinds: [] };
      }),
      reasons: [],
    })),
  );
}
