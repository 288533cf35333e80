import { type AnnotationTable, annotations, flagAnnotations, type Scope, setting } from '../contract/annotation.ts';
import type { KindName } from '../contract/names.ts';
import { sidecarFlags } from '../contract/sidecar.ts';
import { sidecarAnnotations } from '../contract/sidecar-annotations.ts';
import { type Codec, codecOf, listBytes, parsed, refused } from '../flags/codec.ts';
import { didYouMean } from '../text/nearest.ts';
import { isKind, kindNames } from './kind-names.ts';
import { kinds } from './kinds.ts';

const mostWords = 10;

/** The value of `metrics-sidecar.io/inject`: names of kinds in the order of the list, or `false` to opt out. */
export type Asked = readonly KindName[] | false;

export const asked: Codec<Asked> = codecOf<Asked>({
  placeholder: 'KIND,...|false',
  expects: `a comma list of ${kindNames.join(', ')}, or "false"`,
  most: listBytes,
  read(value) {
    // There are fewer kinds than that: the words behind would be wrong or repeated.
    const words = value.split(',', mostWords + 1).map((word) => word.trim());
    if (words.length > mostWords)
      return { ok: false, problem: `more than ${mostWords} words are not ${asked.expects}` };
    if (words.length === 1 && words[0] === 'false') return parsed(false);
    const problems = words.flatMap((word) =>
      isKind(word)
        ? []
        : [refused(word, `a kind (${kindNames.join(', ')})`, didYouMean(word, [...kindNames, 'false'])).problem],
    );
    const repeated = words.find((word, i) => words.indexOf(word) !== i);
    if (repeated !== undefined && problems.length === 0) problems.push(`"${repeated}" is asked for more than once`);
    return problems.length === 0
      ? parsed(kindNames.filter((kind) => words.includes(kind)))
      : { ok: false, problem: problems.join('; ') };
  },
  format: (value) => (value === false ? 'false' : value.join(',')),
});

export const injectAnnotation = annotations('sidecar', {
  inject: setting({
    codec: asked,
    default: false as Asked,
    doc: 'The kinds to add to the pod; "false" opts out where the namespace asks.',
    example: 'statsd,port-monitor',
  }),
});

/** The settings of the container and of each kind, by the names of their annotations; those of a Service are apart. */
export const annotationTables: ReadonlyMap<Scope, AnnotationTable> = new Map<Scope, AnnotationTable>([
  ['sidecar', { ...sidecarAnnotations, ...flagAnnotations('sidecar', sidecarFlags) }],
  ...kinds.map(({ name, annotations: own, flags }) => [name, { ...own, ...flagAnnotations(name, flags) }] as const),
]);

/** The settings of the container (`sidecar`) or of a kind. */
export function annotationsOf(scope: Scope): AnnotationTable {
  return annotationTables.get(scope) ?? {};
}

/** Every annotation of a pod by its whole key, in the order of the docs. */
export const podAnnotations: ReadonlyMap<string, AnnotationTable[string]> = new Map(
  [injectAnnotation as AnnotationTable, ...annotationTables.values()].flatMap((table) =>
    Object.values(table).map((annotation) => [annotation.key, annotation] as const),
  ),
);
