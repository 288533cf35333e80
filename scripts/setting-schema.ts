import type { Codec, Notation } from '../src/flags/codec.ts';

type Json = { readonly [key: string]: unknown };

/** The JSON Schema (draft-07) of a setting in YAML, from its codec: as a text, or as a value of a type of YAML. */
export function settingSchema(codec: Codec<unknown>): Json {
  const { element, placeholder } = codec;
  if (isWords(codec)) return { enum: wordsOf(codec) };
  const text = textSchema(codec);
  if (element !== undefined) {
    const items = scalarSchema(element);
    const types = Array.isArray(items.type) ? (items.type as readonly unknown[]) : [items.type];
    return { type: ['array', ...types], ...numbersOf(codec), ...text, items };
  }
  if (placeholder === 'JSON') return { type: ['array', 'string'], ...text, items: { type: 'object' } };
  return scalarSchema(codec);
}

function scalarSchema(notation: Notation<unknown>): Json {
  const { numbers } = notation;
  // Helm says of 5 that the most is 0; of a choice it says that a text is meant.
  if (numbers !== undefined && numbers.minimum === numbers.maximum && numbers.minimum !== undefined) {
    return { anyOf: [{ type: 'string', ...textSchema(notation) }, { const: numbers.minimum }] };
  }
  const types = numbers === undefined ? 'string' : ['string', numbers.type];
  return { type: types, ...numbersOf(notation), ...textSchema(notation) };
}

function numbersOf({ numbers }: Notation<unknown>): Json {
  const { type: _, ...bounds } = numbers ?? { type: 'number' };
  return bounds;
}

function textSchema({ pattern, most }: Notation<unknown>): Json {
  return { maxLength: most, ...(pattern !== undefined && { pattern: `^(?:${pattern()})$` }) };
}

/** Whether the values are some words. Of a list the words are those of its elements. */
function isWords({ completes, element }: Codec<unknown>): boolean {
  return Array.isArray(completes) && element === undefined;
}

/** The words as texts; `true` and `false` as YAML reads them too. */
function wordsOf({ completes, parse }: Codec<unknown>): readonly unknown[] {
  const words = completes as readonly string[];
  const booleans = words.flatMap((word) => (word === 'true' || word === 'false' ? [word === 'true'] : []));
  return [...(parse('').ok ? [''] : []), ...booleans, ...words];
}
