import { CORE_SCHEMA, FAILSAFE_SCHEMA, load, YAMLException } from 'js-yaml';
import { z } from 'zod';
import type { AnnotationTable } from '../contract/annotation.ts';
import { serviceAnnotations } from '../contract/service-annotations.ts';
import { quote } from '../flags/codec.ts';
import type { Lock } from '../inject/request/settings.ts';
import { annotationsOf } from '../kinds/annotations.ts';
import { kindNames } from '../kinds/kind-names.ts';
import type { Validated } from '../result/result.ts';
import { didYouMean } from '../text/nearest.ts';
import { keyProblem, kindProblem, type LockLists, lockOf, nothingLocked } from './lock.ts';

/** The content of the settings file; defaults are texts by the whole keys of their annotations. */
export interface FileSettings {
  readonly defaults: ReadonlyMap<string, string>;
  readonly discovery: 'annotations' | 'none';
  /** Present: containers of ours state no user. */
  readonly users?: 'unset';
  readonly lock: Lock;
}

/** The settings, or every problem of the file in a sentence of its own. */
export type SettingsRead = Validated<FileSettings>;

/**
 * Comments alone. Each run of the text can be taken by one part only, so blank lines are not tried in every grouping.
 */
const noContent = /^\s*(?:#[^\r\n]*(?:[\r\n]\s*|$))*$/;

const discoveries = ['annotations', 'none'] as const;
export const userChoices = ['auto', 'unset'] as const;

/** No settings file, or an empty one. */
export const noSettings: FileSettings = {
  defaults: new Map(),
  discovery: discoveries[0],
  lock: nothingLocked,
};

const schema = z.strictObject({
  discovery: z.enum(discoveries).optional(),
  users: z.enum(userChoices).optional(),
  annotations: section({ locked: words(keyProblem), allowed: words(keyProblem), kinds: words(kindProblem) }),
  defaults: section({
    ...settingsOf(annotationsOf('sidecar')),
    ...Object.fromEntries(kindNames.map((kind) => [kind, section(settingsOf(annotationsOf(kind)))])),
  }),
});

/**
 * Reads a settings file (YAML 1.2). Scalars are taken as they are written, so `cpu-limit: 0.50` and `native: true` mean
 * what the annotation of that text means. A list stands for its comma list; a JSON Patch may be written as YAML.
 * All problems are reported at once, each led by the path of its setting: `defaults.statsd.udp-port: …`.
 */
export function readSettings(text: string): SettingsRead {
  // js-yaml refuses a document without content; nothing said is a settings file all the same.
  if (noContent.test(text)) return { ok: true, value: noSettings };
  let document: unknown;
  try {
    document = typed(load(text, { schema: FAILSAFE_SCHEMA }), load(text, { schema: CORE_SCHEMA }));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const at = error.mark === undefined ? '' : ` in line ${error.mark.line + 1}, column ${error.mark.column + 1}`;
    return { ok: false, problems: [`not YAML: ${error.reason}${at}`] };
  }
  const result = schema.safeParse(document);
  if (!result.success) return { ok: false, problems: result.error.issues.flatMap(sentences) };
  const { discovery = noSettings.discovery, users, defaults = {}, annotations = {} } = result.data;
  const lock = lockOf({ locked: [], ...annotations } as LockLists);
  return { ok: true, value: { discovery, ...(users === 'unset' && { users }), defaults: flatten(defaults), lock } };
}

/** A document of texts, but where a list holds more than texts (a JSON Patch) with the types that YAML gives it. */
function typed(texts: unknown, values: unknown): unknown {
  if (Array.isArray(texts)) return texts.every((item) => typeof item === 'string') ? texts : values;
  if (typeof texts !== 'object' || texts === null) return texts;
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [
      key,
      typed(text, (values as Record<string, unknown> | undefined)?.[key]),
    ]),
  );
}

function flatten(defaults: Readonly<Record<string, unknown>>): Map<string, string> {
  const texts = new Map<string, string>();
  const add = (table: AnnotationTable, values: Readonly<Record<string, unknown>>) => {
    for (const [name, text] of Object.entries(values)) {
      if (typeof text === 'string') texts.set(table[name]!.key, text);
    }
  };
  add(annotationsOf('sidecar'), defaults);
  for (const kind of kindNames) add(annotationsOf(kind), (defaults[kind] ?? {}) as Readonly<Record<string, unknown>>);
  return texts;
}

/** A mapping of settings; a section whose settings are all commented out is an empty text. */
function section(shape: Record<string, z.ZodType>): z.ZodType<Record<string, unknown> | undefined> {
  return z.preprocess((value) => (value === '' ? {} : value), z.strictObject(shape)).optional();
}

function settingsOf(table: AnnotationTable): Record<string, z.ZodType> {
  const known = Object.entries(table).filter(([, { ofOneApplication }]) => ofOneApplication !== true);
  return Object.fromEntries(
    known.map(([name, { codec }]) => [
      name,
      z
        .unknown()
        .transform((value, context) => {
          const text = textOf(value);
          const result =
            text === undefined
              ? { ok: false as const, problem: `a mapping is not ${codec.expects}` }
              : codec.parse(text);
          if (result.ok) return text;
          context.issues.push({ code: 'custom', message: result.problem, input: value });
          return z.NEVER;
        })
        .optional(),
    ]),
  );
}

/** A list of words, or a comma list, each of which is looked at. */
function words(problemOf: (word: string) => string | undefined): z.ZodType<readonly string[] | undefined> {
  return z
    .unknown()
    .transform((value, context) => {
      const text = textOf(value);
      if (text === undefined) {
        context.issues.push({ code: 'custom', message: 'a mapping is not a list', input: value });
        return z.NEVER;
      }
      const found = text.split(',').map((word) => word.trim());
      const list = found.filter((word) => word !== '');
      for (const message of list.flatMap((word) => problemOf(word) ?? []))
        context.issues.push({ code: 'custom', message, input: value });
      return list;
    })
    .optional();
}

/** The annotation's text that a YAML value stands for. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  return value.every((item) => typeof item === 'string') ? value.join(',') : JSON.stringify(value);
}

function sentences(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map((part) => (/^[\w-]+$/.test(String(part)) ? String(part) : quote(String(part))));
  const say = (words: string, ...further: string[]) => `${[...path, ...further].join('.') || 'the file'}: ${words}`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => say(unknownKey(key, issue.path), /^[\w-]+$/.test(key) ? key : quote(key)));
  }
  if (issue.code === 'invalid_type') return [say('is not a mapping of names to values')];
  if (issue.code === 'invalid_value') return [say(`is not one of ${issue.values.join(', ')}`)];
  return [say(issue.message)];
}

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  if (path.length === 0) return `no such setting${didYouMean(key, ['defaults', 'discovery', 'annotations', 'users'])}`;
  if (path[0] === 'annotations') return `no such list${didYouMean(key, ['locked', 'allowed', 'kinds'])}`;
  const kind = kindNames.find((name) => name === path[1]);
  const table = annotationsOf(kind ?? 'sidecar');
  if (table[key]?.ofOneApplication === true) {
    return 'belongs to one application: it is set on the pod, it cannot be a default';
  }
  if (key === 'inject') return 'what a pod is given is asked for by the pod, or by a label of its namespace';
  if (Object.hasOwn(serviceAnnotations, key)) return 'is set on a Service, it cannot be a default';
  const names = Object.keys(table).filter((name) => table[name]!.ofOneApplication !== true);
  const elsewhere =
    kind === undefined ? kindNames.find((other) => Object.hasOwn(annotationsOf(other), key)) : undefined;
  if (elsewhere !== undefined) return `no such setting here; it is one of "${elsewhere}"`;
  return `no such setting${didYouMean(key, kind === undefined ? [...names, ...kindNames] : names)}`;
}
