import type { Codec } from '../flags/codec.ts';
import type { Flag, FlagTable } from '../flags/flag.ts';
import { type KindName, prefix } from './names.ts';

/** The owner of an annotation: `sidecar` for the whole container, the name of a kind, or `service`. */
export type Scope = KindName;

/** One annotation that people may set; the settings file takes the same names. */
export interface Annotation<T> {
  readonly key: string;
  readonly scope: Scope;
  /** The key without its domain: `udp-port`. */
  readonly setting: string;
  readonly codec: Codec<T>;
  readonly default: T;
  readonly doc: string;
  readonly example: string;
  /** The name of the flag that it is rendered to; absent where no flag says it. */
  readonly flag?: string;
  /** Present: the setting is a flag of the runtime, under this name in its table. */
  readonly flagKey?: string;
  /** Present: the value belongs to one application, so the settings file can give no default. */
  readonly ofOneApplication?: true;
}

export type AnnotationTable = Readonly<Record<string, Annotation<unknown>>>;

type Definition<T> = Pick<Annotation<T>, 'codec' | 'default' | 'doc' | 'example' | 'flag' | 'ofOneApplication'>;

export function annotationKey(scope: Scope, setting: string): string {
  return scope === 'sidecar' || scope === 'service' ? `${prefix}/${setting}` : `${scope}.${prefix}/${setting}`;
}

/** Completes a table whose keys are the settings' names. */
export function annotations<const Table extends Readonly<Record<string, Definition<unknown>>>>(
  scope: Scope,
  table: Table,
): { readonly [Key in keyof Table]: Annotation<Table[Key] extends Definition<infer T> ? T : never> } {
  const entries = Object.entries(table).map(([setting, definition]) => [
    setting,
    { key: annotationKey(scope, setting), scope, setting, ...definition },
  ]);
  return Object.fromEntries(entries) as ReturnType<typeof annotations<Table>>;
}

/** Says an annotation; only for the inference of its type. */
export function setting<T>(definition: Definition<T>): Definition<T> {
  return definition;
}

/** The annotations that are flags of a runtime, as the flag table marks them. */
export function flagAnnotations(scope: Scope, flags: FlagTable): AnnotationTable {
  const marked = Object.entries(flags).filter(
    (entry): entry is [string, Flag<unknown> & { annotation: string }] => entry[1].annotation !== undefined,
  );
  return Object.fromEntries(
    marked.map(([flagKey, { annotation, name, codec, default: standard, doc, example }]) => [
      annotation,
      {
        key: annotationKey(scope, annotation),
        scope,
        setting: annotation,
        codec,
        default: standard,
        doc,
        example,
        flag: name,
        flagKey,
      },
    ]),
  );
}

/** A value and who gave it: the pod itself, the injector's settings, or the table. */
export interface Setting<T> {
  readonly value: T;
  readonly source: 'annotation' | 'settings' | 'default';
}

/** The settings that are not defaults of the tables, by annotation key. */
export interface GivenSettings {
  readonly given: ReadonlyMap<string, Setting<unknown>>;
}

/** The value of an annotation and who gave it. */
export function settingOf<T>({ given }: GivenSettings, annotation: Annotation<T>): Setting<T> {
  const setting = given.get(annotation.key) as Setting<T> | undefined;
  return setting ?? { value: annotation.default, source: 'default' };
}
