import type { Annotation, AnnotationTable, Scope } from '../contract/annotation.ts';
import { managedAnnotation } from '../contract/names.ts';
import { serviceAnnotations } from '../contract/service-annotations.ts';
import { annotationsOf, injectAnnotation } from '../kinds/annotations.ts';
import { kindNames } from '../kinds/kind-names.ts';
import type { Part, Reference } from './reference.ts';
import { code } from './table.ts';

/** An annotation in the reference; its fields are those of the JSON output. */
export interface AnnotationEntry {
  readonly key: string;
  /** The object that carries it. */
  readonly object: 'pod' | 'service';
  /** Whose setting it is: the sidecar's, a kind's or a Service's. */
  readonly scope: Scope;
  /** The key without its domain. */
  readonly setting: string;
  /** Where the value goes in a command line: `PORT`. */
  readonly placeholder: string;
  /** What is right, in words. */
  readonly value: string;
  /** As it would be written; null where there is none. */
  readonly default: string | null;
  readonly doc: string;
  readonly example: string;
  /** The flag of the sidecar that it is rendered to. */
  readonly flag: string | null;
}

const parts: readonly Part<AnnotationEntry>[] = [
  {
    id: 'sidecar',
    title: 'The pod and its sidecar',
    entries: entries('pod', { ...injectAnnotation, ...annotationsOf('sidecar') }),
  },
  ...kindNames.map((kind) => ({
    id: kind,
    title: kind,
    entries: entries('pod', annotationsOf(kind)),
  })),
  { id: 'service', title: 'Services', entries: entries('service', serviceAnnotations) },
];

const all = parts.flatMap((part) => part.entries);

/** Every annotation that people may set. */
export const annotationReference: Reference<AnnotationEntry> = {
  name: 'annotations',
  one: 'annotation',
  parts,
  words: [...new Set(all.flatMap(({ key, setting }) => [key, setting]))],
  /** By its key, or by what stands behind the slash; several kinds may have that. */
  find(word) {
    const found = all.filter(({ key, setting }) => key === word || setting === word);
    return found.length === 0 ? { how: 'none' } : { how: 'one', entries: found };
  },
  refusal: (word) =>
    (Object.values(managedAnnotation) as string[]).includes(word)
      ? 'is written by the webhook, nobody sets it'
      : undefined,
  columns: (some) => ({
    head: ['key', 'object', 'value', 'default', 'what it does'],
    rows: some.map((one) => [one.key, one.object, one.placeholder, one.default ?? '', one.doc]),
  }),
  markdown: (some) => ({
    head: ['Annotation', 'Value', 'Default', 'What it does', 'Example', 'Flag'],
    rows: some.map((one) => [
      code(one.key),
      one.value,
      code(one.default ?? ''),
      one.doc,
      code(one.example),
      one.flag === null ? '' : code(`--${one.flag}`),
    ]),
  }),
  whole: (one) => ({
    title: one.key,
    sentence: one.doc,
    facts: [
      ['object', one.object === 'pod' ? "pod (of a workload: its template's metadata)" : 'Service'],
      ['value', one.value],
      ['default', one.default === null || one.default === '' ? 'none' : one.default],
      ['example', `${one.key}: '${one.example.replaceAll("'", "''")}'`],
      ['flag', one.flag === null ? 'none' : `--${one.flag}`],
    ],
  }),
};

function entries(object: 'pod' | 'service', table: AnnotationTable): readonly AnnotationEntry[] {
  return Object.values(table).map(
    ({ key, scope, setting, codec, default: standard, doc, example, flag }: Annotation<unknown>) => ({
      key,
      object,
      scope,
      setting,
      placeholder: codec.placeholder,
      value: codec.expects,
      default: standard === undefined ? null : codec.format(standard),
      doc,
      example,
      flag: flag ?? null,
    }),
  );
}
