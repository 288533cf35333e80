import { plainMeaning } from '../../yaml/plain-meaning.ts';

/** The value of a scalar: a value of JSON, or a number that JSON does not have. */
export type Scalar = null | boolean | number | string;

/** The value of a scalar without quotes and tag to kubectl; infinities and NaN are numbers here, though not in JSON. */
export function plainScalar(text: string): Scalar {
  const meaning = plainMeaning(text);
  switch (meaning.type) {
    case 'null':
      return null;
    case 'text':
      return text;
    case 'boolean':
      return meaning.value;
    default:
      // JSON has no negative zero.
      return meaning.value + 0;
  }
}

/** The value of a scalar with one of YAML's own tags; undefined where the tag does not allow its text. */
export function taggedScalar(tag: string, text: string): Scalar | undefined {
  const value = plainScalar(text);
  switch (tag) {
    case 'null':
      return value === null ? null : undefined;
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'int':
      return Number.isInteger(value) ? value : undefined;
    case 'float':
      return typeof value === 'number' ? value : undefined;
    case 'binary':
      return decoded(text);
    case 'timestamp':
      return text === '' ? undefined : text;
    default:
      return text;
  }
}

/** The text that Go's decoder reads: with padding, and with nothing but line breaks between the letters. */
function decoded(text: string): string | undefined {
  const letters = text.replaceAll(/[\r\n]/g, '');
  const isWhole = letters.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(letters);
  return isWhole ? Buffer.from(letters, 'base64').toString() : undefined;
}
