import { plainMeaning } from '../../yaml/plain-meaning.ts';

/** What a scalar means: a value of JSON, or a number that JSON has not. */
export type Scalar = null | boolean | number | string;

/** What a scalar without quotes and tag means to kubectl; infinities and NaN are numbers here, and no JSON. */
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

/** What a scalar with a tag of YAML's own means; undefined where the text is none of these. */
export function taggedScalar(tag: string, text: string, plain: boolean): Scalar | undefined {
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
      return Buffer.from(text, 'base64').toString();
    case 'str':
    case 'timestamp':
      return text;
    default:
      return plain ? value : text;
  }
}
