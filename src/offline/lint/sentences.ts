import { type KindName, label } from '../../contract/names.ts';
import type { Reason } from '../../inject/outcome/outcome.ts';
import { type LintCode, lintReasons, reasons } from '../../inject/outcome/reasons.ts';
import { objectOf, textsOf } from '../../json/json.ts';
import { injectAnnotation, podAnnotations } from '../../kinds/annotations.ts';
import { kindNames } from '../../kinds/kind-names.ts';
import type { ManifestObject, PodLocation } from '../../manifest/objects.ts';
import { intendedKinds } from './intended-pod.ts';

/** `Deployment/orders`, as kubectl calls an object. */
export function objectName({ kind, name }: Pick<ManifestObject, 'kind' | 'name'>): string {
  return name === '' ? kind : `${kind}/${name}`;
}

/** The path of a pod template in its object, such as `spec.template`; empty for the object itself. */
export function templateName(object: Pick<ManifestObject, 'path'>, location: Pick<PodLocation, 'path'>): string {
  return location.path
    .slice(object.path.length)
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** The object that advice is for. */
export interface AdviceSubject {
  readonly object: ManifestObject;
  /** Absent where the reason is about the object itself, outside of its pods. */
  readonly location?: PodLocation;
}

/**
 * Advice about a reason, as a sentence: the catalogue's, or a more exact one where the object allows it; empty where
 * the reason's own words say it already.
 */
export function adviceOf({ code, subject, detail }: Reason, { object, location }: AdviceSubject): string {
  const template = location ?? object.pods[0];
  const name = template === undefined ? '' : templateName(object, template);
  const metadata = name === '' ? 'metadata' : `${name}.metadata`;
  const annotations = textsOf(objectOf(template?.value.metadata)?.annotations);
  const key = subject.split(' ').at(-1)!;
  const request = annotations.get(injectAnnotation.inject.key) ?? '';
  if (code === 'bad_value' && subject === injectAnnotation.inject.key) {
    const intended = intendedKinds(request);
    return intended.length > 0 ? `Write ${askingFor(intended)}.` : `Write the kinds, such as ${askingFor(['statsd'])}.`;
  }
  if (detail.includes('did you mean')) return '';
  switch (code) {
    case 'wrong_level':
      return annotations.has(key)
        ? `Take it away: ${metadata}.annotations has it.`
        : `Move it to ${metadata}.annotations.`;
    case 'label_not_annotation':
      return `Move it to ${metadata}.annotations.`;
    case 'not_asked':
      return `Write ${askingFor(['statsd'])} in ${metadata}.annotations; the kinds are ${kindNames.join(', ')}.`;
    case 'inject_missing':
      return `Add ${askingFor(kindsOf(annotations.keys()))}.`;
    case 'kind_not_asked':
      return `Write ${askingFor([...intendedKinds(request), ...kindsOf([key])])}, or drop the annotation.`;
    case 'unknown_annotation':
      return 'Correct the key; "metrics-sidecar annotations" lists them all.';
    case 'bad_value':
    case 'service_value':
    case 'not_string':
      return '';
    default:
      return entryOf(code).action;
  }
}

/** The kinds that annotations set; `statsd` for those of the whole sidecar. */
function kindsOf(keys: Iterable<string>): readonly KindName[] {
  const scopes = new Set([...keys].map((key) => podAnnotations.get(key)?.scope ?? ''));
  const scoped = kindNames.filter((kind) => scopes.has(kind));
  return scoped.length === 0 ? ['statsd'] : scoped;
}

function askingFor(wanted: readonly KindName[]): string {
  return `${injectAnnotation.inject.key}: "${kindNames.filter((kind) => wanted.includes(kind)).join(',')}"`;
}

/** The label by which a namespace asks for its pods. */
export function namespaceAskingFor(wanted: readonly KindName[]): string {
  return `${label.namespaceInject}: "${wanted.join('.')}"`;
}

/** The catalogue's entry of a reason, those that only lint has included. */
export function entryOf(code: LintCode) {
  return { ...reasons, ...lintReasons }[code];
}

/** A sentence names at most this many things, and the number of the others. */
export const mostListed = 10;

/**
 * A list for a sentence: `statsd and port-monitor`, `a, b and c`, or `a, b and 90 more`.
 *
 * @param rest the number of words that the caller left out
 */
export function listed(words: readonly string[], rest = 0): string {
  const more = rest + Math.max(0, words.length - mostListed);
  const parts = more === 0 ? words : [...words.slice(0, mostListed), `${more} more`];
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
