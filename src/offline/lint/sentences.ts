import { type KindName, kinds, label } from '../../contract/names.ts';
import type { Reason } from '../../inject/outcome/outcome.ts';
import { type LintCode, lintReasons, reasons } from '../../inject/outcome/reasons.ts';
import { objectOf, textsOf } from '../../json/json.ts';
import { injectAnnotation, podAnnotations } from '../../kinds/annotations.ts';
import type { ManifestObject, PodPlace } from '../../manifest/objects.ts';
import { meantKinds } from './intended-pod.ts';

/** `Deployment/orders`, as kubectl calls an object. */
export function objectName({ kind, name }: Pick<ManifestObject, 'kind' | 'name'>): string {
  return name === '' ? kind : `${kind}/${name}`;
}

/** `spec.template`: where in its object a pod template stands; empty for the object itself. */
export function templateName(object: Pick<ManifestObject, 'path'>, place: Pick<PodPlace, 'path'>): string {
  return place.path
    .slice(object.path.length)
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** What one can do about a reason: the catalogue's words, or better ones where the object tells more. */
export interface Advised {
  readonly object: ManifestObject;
  /** Absent where the reason is about the object itself, outside of its pods. */
  readonly place?: PodPlace;
}

/** What would be right, as a sentence; empty where the reason's own words say it already. */
export function adviceOf({ code, subject, detail }: Reason, { object, place }: Advised): string {
  const template = place ?? object.pods[0];
  const name = template === undefined ? '' : templateName(object, template);
  const metadata = name === '' ? 'metadata' : `${name}.metadata`;
  const annotations = textsOf(objectOf(template?.value.metadata)?.annotations);
  const key = subject.split(' ').at(-1)!;
  const asked = annotations.get(injectAnnotation.inject.key) ?? '';
  if (code === 'bad_value' && subject === injectAnnotation.inject.key) {
    const meant = meantKinds(asked);
    return meant.length > 0 ? `Write ${askingFor(meant)}.` : `Write the kinds, such as ${askingFor(['statsd'])}.`;
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
      return `Write ${askingFor(['statsd'])} in ${metadata}.annotations; the kinds are ${kinds.join(', ')}.`;
    case 'inject_missing':
      return `Add ${askingFor(kindsOf(annotations.keys()))}.`;
    case 'kind_not_asked':
      return `Write ${askingFor([...meantKinds(asked), ...kindsOf([key])])}, or drop the annotation.`;
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
  const found = kinds.filter((kind) => scopes.has(kind));
  return found.length === 0 ? ['statsd'] : found;
}

function askingFor(wanted: readonly KindName[]): string {
  return `${injectAnnotation.inject.key}: "${kinds.filter((kind) => wanted.includes(kind)).join(',')}"`;
}

/** The label by which a namespace asks for its pods. */
export function namespaceAskingFor(wanted: readonly KindName[]): string {
  return `${label.namespaceInject}: "${wanted.join('.')}"`;
}

/** The catalogue's entry of a reason, or of one that only lint knows. */
export function entryOf(code: LintCode) {
  return { ...reasons, ...lintReasons }[code];
}

/** A sentence names no more things of one kind, and says how many more there are. */
export const mostListed = 10;

/**
 * `statsd and port-monitor`, `a, b and c`; `a, b and 90 more` where `rest` more were left out, or there are too many.
 */
export function listed(words: readonly string[], rest = 0): string {
  const more = rest + Math.max(0, words.length - mostListed);
  const told = more === 0 ? words : [...words.slice(0, mostListed), `${more} more`];
  return told.length < 2 ? told.join('') : `${told.slice(0, -1).join(', ')} and ${told.at(-1)}`;
}
