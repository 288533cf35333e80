import { type JsonObject, objectOf, objectsOf } from '../../../src/json/json.ts';
import { corpusFiles, objectsIn } from '../../cluster/corpus-files.ts';
import { asCreated } from '../../cluster/corpus-pods.ts';

/** A pod as its owner wrote it, before anything was injected. */
export interface WrittenPod {
  /** The folder of the corpus, and the variant. */
  readonly title: string;
  readonly pod: JsonObject;
}

/**
 * What is changed of every container before the pod is created: nothing, or its resources, so that it is Burstable or
 * Guaranteed; `clean` makes it pass Pod Security `restricted`.
 */
export type Variant = 'as written' | 'burstable' | 'guaranteed' | 'clean' | 'clean burstable' | 'clean guaranteed';

const burstable = { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi', cpu: '200m' } };
const guaranteed = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '100m', memory: '64Mi' } };
const clean = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

const fields: Readonly<Record<Variant, JsonObject>> = {
  'as written': {},
  burstable: { resources: burstable },
  guaranteed: { resources: guaranteed },
  clean: { securityContext: clean },
  'clean burstable': { securityContext: clean, resources: burstable },
  'clean guaranteed': { securityContext: clean, resources: guaranteed },
};

const corpusPods: readonly WrittenPod[] = corpusFiles.flatMap((file) =>
  objectsIn(file, file.text)
    .flatMap(asCreated)
    .filter(({ kind }) => kind === 'Pod')
    .map((pod) => ({ title: file.folder, pod })),
);

/** Every pod of the corpus in one of these variants, in turns; in each of them where `EVERY_VARIANT` is set. */
export function podsIn(variants: readonly Variant[]): readonly WrittenPod[] {
  const every = process.env['EVERY_VARIANT'] !== undefined;
  return variants.flatMap((variant, i) =>
    corpusPods
      .filter((_, at) => every || at % variants.length === i)
      .map(({ title, pod }) => ({ title: `${title}, ${variant}`, pod: withFields(pod, fields[variant]) })),
  );
}

function withFields(pod: JsonObject, changed: JsonObject): JsonObject {
  if (Object.keys(changed).length === 0) return pod;
  // Resources of the pod as a whole would contradict those of its containers.
  const { resources: _podLevel, ...spec } = objectOf(pod.spec) ?? {};
  const each = (list: 'containers' | 'initContainers') => {
    const containers = objectsOf(spec[list]);
    return containers.length > 0 && { [list]: containers.map((one) => ({ ...one, ...changed })) };
  };
  return { ...pod, spec: { ...spec, ...each('initContainers'), ...each('containers') } };
}
