import { textsOf } from '../../json/json.ts';
import { type ManifestObject, objectsOf } from '../../manifest/objects.ts';
import { locate, type Path } from '../../manifest/path.ts';
import { type Manifest, type ManifestDocument, readManifest } from '../../manifest/read/manifest.ts';
import type { Position } from '../../text/line-offsets.ts';
import { type EmbeddedPosition, embeddedPosition } from './embedded-position.ts';

/** A mapping in a ConfigMap. */
export interface ConfigMapMapping {
  /** `ConfigMap/orders, mapping.yml`. */
  readonly name: string;
  readonly text: string;
  /** The position in the manifest of a position in the mapping. */
  readonly positionOf: (at: Position) => EmbeddedPosition;
}

/** The mappings of a manifest's ConfigMaps. */
export interface ConfigMaps {
  readonly problems: Manifest['problems'];
  readonly mappings: readonly ConfigMapMapping[];
  /** An error for each ConfigMap that holds no mapping. */
  readonly without: readonly (Position & { readonly message: string })[];
}

/** A mapping file has one of these keys at its top; a ConfigMap may hold other files beside it. */
const mappingKeys = /^(?:\uFEFF)?(?:[ \t]*\{\s*)?["']?(?:mappings|defaults)["']?\s*:/m;

/** The mappings in the ConfigMaps of a text; undefined where the text is no manifest with ConfigMaps. */
export function configMapsIn(text: string, source: string): ConfigMaps | undefined {
  if (!text.includes('ConfigMap')) return undefined;
  const manifest = readManifest(text, source);
  const configMaps = manifest.documents.flatMap((document) =>
    objectsOf(document, [])
      .filter(({ kind, apiVersion }) => kind === 'ConfigMap' && apiVersion === 'v1')
      .map((object) => ({ document, object, data: textsOf(object.value.data) })),
  );
  if (configMaps.length === 0) return undefined;
  const mappings = configMaps.flatMap(({ document, object, data }) =>
    [...data]
      .filter(([, value]) => mappingKeys.test(value))
      .map(([key, value]) => mappingOf(document, object, key, value)),
  );
  const without = configMaps
    .filter(({ data }) => ![...data.values()].some((value) => mappingKeys.test(value)))
    .map(({ document, object, data }) => {
      const keys = [...data.keys()].slice(0, 10).join(', ') || 'none';
      const message = `ConfigMap/${object.name} holds no mapping (mappings: …); its keys: ${keys}`;
      return { message, ...locate(document, [...object.path, 'data']) };
    });
  return { problems: manifest.problems, mappings, without };
}

function mappingOf(document: ManifestDocument, object: ManifestObject, key: string, text: string): ConfigMapMapping {
  const path: Path = [...object.path, 'data', key];
  return {
    name: `ConfigMap/${object.name}, ${key}`,
    text,
    positionOf: (at) => embeddedPosition(document, path, text, at),
  };
}
