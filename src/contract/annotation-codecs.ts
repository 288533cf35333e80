import { type Codec, codecOf, documentBytes, parsed, refused } from '../flags/codec.ts';
import { json, quantity } from '../flags/kubernetes-codecs.ts';

export interface ConfigMapKey {
  readonly name: string;
  readonly key: string;
}

/** `name` or `name/key`; without a key `mapping.yml` is meant. */
export const configMapKey: Codec<ConfigMapKey> = codecOf({
  placeholder: 'NAME[/KEY]',
  expects: 'the name of a ConfigMap, or NAME/KEY',
  // A name, a slash and a key, each as long as Kubernetes takes one.
  most: 253 + 1 + 253,
  read(value) {
    const [, name, key] = /^([a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?)(?:\/([-._a-zA-Z0-9]{1,253}))?$/.exec(value) ?? [];
    // Kubernetes takes no key that begins with two dots.
    if (name === undefined || key === '.' || key?.startsWith('..')) return refused(value, configMapKey.expects);
    return parsed({ name, key: key ?? 'mapping.yml' });
  },
  format: ({ name, key }) => `${name}/${key}`,
});

/** Text that may have lines: a whole file in an annotation. */
export const lines: Codec<string> = codecOf({
  placeholder: 'YAML',
  expects: 'a mapping file, not empty',
  most: documentBytes,
  read: (value) => (value.trim() === '' ? refused(value, lines.expects) : parsed(value)),
  format: (value) => value,
});

/** The word for a limit that is left out. */
export const noLimit = 'none';

/** A quantity as it was written, or the word for none. */
export const quantityOrNone: Codec<string> = codecOf({
  ...quantity,
  placeholder: `${quantity.placeholder}|${noLimit}`,
  expects: `a Kubernetes quantity such as 500m or 256Mi, or "${noLimit}"`,
  pattern: () => `${quantity.pattern!()}|${noLimit}`,
  read: (value) =>
    value === noLimit || quantity.read(value).ok ? parsed(value) : refused(value, quantityOrNone.expects),
});

/** No pod has more containers than that to tell apart. */
const mostContainers = 64;
const longestContainerName = 63;

/** Names of containers, each once. */
export const containerNames: Codec<readonly string[]> = codecOf({
  placeholder: 'NAME,...',
  expects: 'a comma list of names of containers',
  // Each name, a comma, and a space that people write behind it.
  most: mostContainers * (longestContainerName + 2),
  read(value) {
    const names = value.split(',', mostContainers + 1).map((name) => name.trim());
    if (names.length > mostContainers)
      return { ok: false, problem: `more than ${mostContainers} names are not ${containerNames.expects}` };
    const wrong = names.find((name) => !/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name));
    if (wrong !== undefined) return refused(wrong, 'the name of a container');
    const repeated = names.find((name, i) => names.indexOf(name) !== i);
    return repeated === undefined ? parsed(names) : { ok: false, problem: `"${repeated}" is named more than once` };
  },
  format: (names) => names.join(','),
});

/** JSON Patch (RFC 6902) as a list of operations; what they do is checked where they are applied. */
export const jsonPatch: Codec<readonly object[]> = codecOf({
  placeholder: 'JSON',
  expects: 'a JSON Patch: a list of operations',
  pattern: () => '\\s*\\[[\\s\\S]*\\]\\s*',
  most: json.most,
  read(value) {
    const result = json.read(value);
    if (!result.ok) return result;
    return Array.isArray(result.value) && result.value.every((item) => typeof item === 'object' && item !== null)
      ? parsed(result.value as readonly object[])
      : refused(value, jsonPatch.expects);
  },
  format: (value) => JSON.stringify(value),
});
