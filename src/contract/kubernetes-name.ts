import { type Codec, where } from '../flags/codec.ts';
import { text } from '../flags/codecs.ts';

/** The name of a namespace, or of another object whose name is a label (RFC 1123). */
export function nameSuchAs(example: string): Codec<string> {
  return where({ ...text, placeholder: 'NAME' }, `a name such as ${example}`, (value) =>
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value),
  );
}
