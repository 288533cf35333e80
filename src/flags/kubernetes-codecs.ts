import { jsonExcess } from '../json/json-bounds.ts';
import { type Codec, codecOf, documentBytes, parsed, quote, refused, scalarBytes, unanchored, where } from './codec.ts';
import { port, text } from './codecs.ts';

/**
 * A port by number, or by the name that a container port of the pod carries (an IANA_SVC_NAME: 15 characters, one
 * letter).
 */
export const portOrName: Codec<number | string> = codecOf({
  placeholder: 'PORT|NAME',
  expects: 'a port, 1 to 65535, or the name of a container port',
  ...(port.numbers !== undefined && { numbers: port.numbers }),
  pattern: () => `${port.pattern!()}|[a-z0-9-]{1,15}`,
  most: scalarBytes,
  read(value) {
    if (/^\d+$/.test(value)) {
      const result = port.parse(value);
      return result.ok ? result : refused(value, portOrName.expects);
    }
    const named = /^[a-z0-9-]{1,15}$/.test(value) && /[a-z]/.test(value) && !/^-|--|-$/.test(value);
    return named ? parsed(value) : refused(value, portOrName.expects);
  },
  format: String,
});

const quantities = /^\+?(?:\d+(?:\.\d*)?|\.\d+)(?:m|u|n|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)?$/;

/** A Kubernetes quantity of CPU or memory, kept as it was written: `100m`, `0.5`, `64Mi`. */
export const quantity: Codec<string> = where(
  {
    ...text,
    placeholder: 'QUANTITY',
    numbers: { type: 'number', minimum: 0 },
    pattern: () => unanchored(quantities),
    most: 32,
  },
  'a Kubernetes quantity such as 10m, 0.5, 64Mi or 1Gi',
  (value) => quantities.test(value),
);

const images =
  /^[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/** An image reference, with its registry, tag and digest as far as given (the distribution project's grammar). */
export const image: Codec<string> = where(
  { ...text, placeholder: 'IMAGE', pattern: () => unanchored(images), most: 512 },
  'an image reference such as registry.example/metrics-sidecar:1.0',
  (value) => images.test(value),
);

/** A patch of a container is some levels deep; beyond that a reader that walks it would run out of stack. */
const jsonBounds = { depth: 32, values: 4096 };

/** Compact JSON of any shape. */
export const json: Codec<unknown> = codecOf({
  placeholder: 'JSON',
  expects: 'JSON',
  most: documentBytes,
  read(value) {
    const excess = jsonExcess(value, jsonBounds);
    if (excess !== undefined) {
      const what = excess === 'depth' ? 'levels' : 'values';
      return { ok: false, problem: `the JSON has more than ${jsonBounds[excess]} ${what}` };
    }
    try {
      return parsed(JSON.parse(value) as unknown);
    } catch (error) {
      // The engine's message quotes the text as it is.
      return refused(value, 'JSON', `: ${quote((error as Error).message).slice(1, -1)}`);
    }
  },
  format: (value) => JSON.stringify(value),
});
