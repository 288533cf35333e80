import { textsOf } from '../../json/json.ts';
import { type ManifestObject, objectsOf } from '../../manifest/objects.ts';
import { locate, type Path } from '../../manifest/path.ts';
import { type Manifest, type ManifestDocument, readManifest } from '../../manifest/read/manifest.ts';
import { textPlace } from './embedded-position.ts';

/** A mapping in a ConfigMap, and where it stands. */
export interface HeldMapping {
  /** `ConfigMap/orders, mapping.yml`. */
  readonly name: string;
  readonly text: string;
  /** The place in the manifest of a place in the mapping; not exact where the manifest writes it in another way. */
  readonly place: (at: { readonly line: number; readonly column: number }) => ReturnType<typeof textPlace>;
}

/** The ConfigMaps of a text that is a manifest. */
export interface ConfigMaps {
  readonly problems: Manifest['problems'];
  readonly mappings: readonly HeldMapping[];
  /** ConfigMaps without a key that is a mapping. */
  readonly without: readonly { readonly message: string; readonly line: number; readonly column: number }[];
}

/** A mapping file says one of these at its top; other files of the same application may lie beside it. */
const mappingKeys = /^(?:\uFEFF)?(?:[ \t]*\{\s*)?["']?(?:mappings|defaults)["']?\s*:/m;

/** The mappings in the ConfigMaps of a text; undefined where the text is no manifest with ConfigMaps. */
export function configMapsIn(text: string, source: string): ConfigMaps | undefined {
  if (!text.includes('ConfigMap')) return undefined;
  const manifest = readManifest(text, source);
  const found = manifest.documents.flatMap((document) =>
    objectsOf(document, [])
      .filter(({ kind, apiVersion }) => kind === 'ConfigMap' && apiVersion === 'v1')
      .map((object) => ({ document, object, data: textsOf(object.value.data) })),
  );
  if (found.length === 0) return undefined;
  const mappings = found.flatMap(({ document, object, data }) =>
    [...data].filter(([, value]) => mappingKeys.test(value)).map(([key, value]) => held(document, object, key, value)),
  );
  const without = found
    .filter(({ data }) => ![...data.values()].some((value) => mappingKeys.test(value)))
    .map(({ document, object, data }) => {
      const keys = [...data.keys()].slice(0, 10).join(', ') || 'none';
      const message = `ConfigMap/${object.name} holds no mapping (mappings: …); its keys: ${keys}`;
      return { message, ...locate(document, [...object.path, 'data']) };
    });
  return { problems: manifest.problems, mappings, without };
}

function held(document: ManifestDocument, object: ManifestObject, key: string, text: string): HeldMapping {
  const path: Path = [...object.path, 'data', key];
  return {
    name: `ConfigMap/${object.name}, ${key}`,
    text,
    place: (at) => textPlace(document, path, text, at),
  };
}
