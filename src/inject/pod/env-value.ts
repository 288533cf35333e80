import { quote } from '../../flags/codec.ts';
import { type JsonObject, listOf, objectOf, textOf } from '../../json/json.ts';

/**
 * The value of an environment variable as far as the pod tells it: a text, or words for its source. An address that the
 * kubelet fills in is known by its place alone.
 */
export type EnvValue =
  | { readonly text: string }
  | { readonly words: string; readonly place: 'node' | 'pod' | 'unknown' };

/** The variables of a container by name. Of two with one name the kubelet takes the last. */
export type EnvItems = ReadonlyMap<string, JsonObject>;

export function envItems({ env }: JsonObject): EnvItems {
  const items = new Map<string, JsonObject>();
  for (const json of listOf(env) ?? []) {
    const item = objectOf(json);
    const name = textOf(item?.name);
    if (item !== undefined && name !== undefined) items.set(name, item);
  }
  return items;
}

/** No address is as long; a text that refers to a long one again and again would take the product of both lengths. */
const mostCharacters = 4096;
const tooLong: EnvValue = { words: `a text of more than ${mostCharacters} characters`, place: 'unknown' };

/**
 * The value of a variable. References (`$(NAME)`) to variables with a plain text are replaced; others stay, as a text
 * that refers to texts that refer to others could grow without a bound.
 */
export function envValue(item: JsonObject, items: EnvItems): EnvValue {
  const source = objectOf(item.valueFrom);
  if (source !== undefined) return sourceOf(source);
  const { value } = item;
  // Go takes null for an absent text.
  if (value === undefined || value === null) return { text: '' };
  if (typeof value !== 'string') return { words: 'a value that is no string', place: 'unknown' };
  const text = value.length > mostCharacters ? undefined : expanded(value, items);
  return text === undefined ? tooLong : { text };
}

const reference = /\$\(([^()]*)\)/g;

/** Undefined where the references make the text too long. */
function expanded(text: string, items: EnvItems): string | undefined {
  if (!text.includes('$(')) return text;
  let left = mostCharacters;
  const value = text.replace(reference, (whole: string, name: string) => {
    if (left < 0) return '';
    const item = items.get(name);
    const plain = item === undefined || objectOf(item.valueFrom) !== undefined ? undefined : textOf(item.value);
    if (plain === undefined) return whole;
    left -= plain.length;
    return left < 0 ? '' : plain.includes('$(') ? whole : plain;
  });
  return left < 0 || value.length > mostCharacters ? undefined : value;
}

/** The name that a text refers to, where the text is one reference and nothing else. */
export function referenceIn(text: string): string | undefined {
  return text.startsWith('$(') && text.indexOf(')') === text.length - 1 ? text.slice(2, -1) : undefined;
}

const fields: { readonly [path: string]: EnvValue } = {
  'status.hostIP': { words: "the node's address", place: 'node' },
  'status.hostIPs': { words: "the node's addresses", place: 'node' },
  'spec.nodeName': { words: "the node's name", place: 'node' },
  'status.podIP': { words: "the pod's address", place: 'pod' },
  'status.podIPs': { words: "the pod's addresses", place: 'pod' },
};

function sourceOf(source: JsonObject): EnvValue {
  const path = textOf(objectOf(source.fieldRef)?.fieldPath);
  if (path !== undefined && Object.hasOwn(fields, path)) return fields[path]!;
  return { words: sourceWords(source, path), place: 'unknown' };
}

function sourceWords({ configMapKeyRef, secretKeyRef }: JsonObject, path: string | undefined): string {
  if (path !== undefined) return `the field ${quote(path)}`;
  for (const [kind, json] of [
    ['ConfigMap', configMapKeyRef],
    ['Secret', secretKeyRef],
  ] as const) {
    const ref = objectOf(json);
    if (ref !== undefined) return `the value in ${kind} ${quote(textOf(ref.name) ?? '')}`;
  }
  return 'a value from elsewhere';
}
