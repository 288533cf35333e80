import { isList, isObject, type Json } from '../json/json.ts';
import type { Result } from '../result/result.ts';
import type { Path } from './path.ts';

/** A path of --pod-template-path: the location of a pod template in custom resources. */
export interface PodTemplatePath {
  /** As the flag has it. */
  readonly text: string;
  /** Absent: the path is for objects of every kind. */
  readonly kind?: string;
  /** Absent: the path is for every group. */
  readonly group?: string;
  readonly steps: readonly Step[];
}

/** A key, an index, or all of a map or list. */
export type Step =
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'all' };

/** The expected form, for help and errors. */
const podTemplatePathExpects =
  'a path like "spec.template", "Rollout=spec.template" or "Job.batch.volcano.sh=spec.tasks[*].template"';

const kindPattern = /^([A-Z][A-Za-z0-9]{0,62})(?:\.([a-z0-9]([-a-z0-9.]*[a-z0-9])?))?$/;
const stepPattern = /(?:^|\.)([A-Za-z_][\w-]*)|(?:^|\.)(\*)|\[(\*)\]|\[(\d{1,6})\]|\['([^']+)'\]/y;

/**
 * Reads `[KIND[.GROUP]=]PATH`. The path is a part of JSONPath as kubectl writes it: keys between dots, `[0]`, `[*]` and
 * `.*` for all of a list or map, `['a.b']` for keys with dots; a dot or `$.` may come first.
 */
export function readPodTemplatePath(text: string): Result<PodTemplatePath> {
  const equals = text.indexOf('=');
  const whose = equals < 0 ? undefined : kindPattern.exec(text.slice(0, equals).trim());
  if (whose === null)
    return refused(text, `before "=" stands a kind, with its group or without: "Rollout" or "Rollout.argoproj.io"`);
  const pathText = text
    .slice(equals + 1)
    .trim()
    .replace(/^\$?\.?(?=.)/, '');
  const steps = readSteps(pathText);
  if (typeof steps === 'number') {
    return refused(
      text,
      pathText === '' ? 'the path is empty' : `cannot read ${JSON.stringify(pathText.slice(steps))}`,
    );
  }
  const [, kind, group] = whose ?? [];
  return {
    ok: true,
    value: { text, ...(kind !== undefined && { kind }), ...(group !== undefined && { group }), steps },
  };
}

function refused(text: string, why: string): Result<PodTemplatePath> {
  return { ok: false, problem: `${JSON.stringify(text)} is not ${podTemplatePathExpects}: ${why}` };
}

/** The steps of a path, or the offset of the first text that is no step. */
function readSteps(text: string): readonly Step[] | number {
  const steps: Step[] = [];
  stepPattern.lastIndex = 0;
  let at = 0;
  while (at < text.length) {
    stepPattern.lastIndex = at;
    const match = stepPattern.exec(text);
    if (match === null) return at;
    const [all, key, star, items, index, quoted] = match;
    if (star !== undefined || items !== undefined) steps.push({ type: 'all' });
    else if (index !== undefined) steps.push({ type: 'index', index: Number(index) });
    else steps.push({ type: 'key', key: key ?? quoted! });
    at += all.length;
  }
  return steps.length === 0 ? 0 : steps;
}

/** The paths of an object's pod templates to which the steps lead: a template is a map with a map `spec`. */
export function templatesAt(object: Json, steps: readonly Step[]): readonly Path[] {
  let reached: { path: Path; value: Json }[] = [{ path: [], value: object }];
  for (const step of steps) {
    reached = reached.flatMap(({ path, value }) =>
      stepped(value, step).map(([part, held]) => ({ path: [...path, part], value: held })),
    );
  }
  return reached.filter(({ value }) => isObject(value) && isObject(value.spec)).map(({ path }) => path);
}

function stepped(value: Json, step: Step): readonly (readonly [string | number, Json])[] {
  if (isList(value)) {
    if (step.type === 'all') return value.map((held, i) => [i, held] as const);
    const held = step.type === 'index' ? value[step.index] : undefined;
    return held === undefined || step.type !== 'index' ? [] : [[step.index, held]];
  }
  if (!isObject(value)) return [];
  if (step.type === 'all') return Object.entries(value);
  const held = step.type === 'key' && Object.hasOwn(value, step.key) ? value[step.key] : undefined;
  return held === undefined || step.type !== 'key' ? [] : [[step.key, held]];
}
