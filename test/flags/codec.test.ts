import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Codec, quote } from '../../src/flags/codec.ts';
import * as plainCodecs from '../../src/flags/codecs.ts';
import * as kubernetesCodecs from '../../src/flags/kubernetes-codecs.ts';

const codecs = { ...plainCodecs, ...kubernetesCodecs };

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);

/** A codec, and an arbitrary of every value it can have. */
const all: [string, Codec<never>, fc.Arbitrary<unknown>][] = [
  ['text', codecs.text, fc.string({ unit: 'binary' }).filter((value) => !/[\u0000-\u001f\u007f]/.test(value))],
  ['boolean', codecs.boolean, fc.boolean()],
  ['integer', codecs.integer(-5, 1e15), fc.integer({ min: -5, max: 1e15 })],
  ['port', codecs.port, fc.integer({ min: 1, max: 65535 })],
  ['number', codecs.number, fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)],
  ['duration', codecs.duration, fc.maxSafeNat()],
  ['size', codecs.size, fc.integer({ min: 0, max: 1e15 - 1 })],
  ['sizeBetween', codecs.sizeBetween(16, 65_536), fc.integer({ min: 16, max: 65_536 })],
  ['oneOf', codecs.oneOf('a', 'b', 'c-d'), fc.constantFrom('a', 'b', 'c-d')],
  ['listOf', codecs.listOf(codecs.port), fc.array(fc.integer({ min: 1, max: 65535 }))],
  ['optional', codecs.optional(codecs.port), fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined })],
  [
    'address',
    codecs.address,
    fc.record({
      host: fc.oneof(fc.constant(''), fc.ipV4(), fc.ipV6(), label),
      port: fc.integer({ min: 0, max: 65535 }),
    }),
  ],
  ['path', codecs.path, fc.array(label).map((parts) => `/${parts.join('/')}`)],
  ['file', codecs.file, fc.string({ minLength: 1 }).filter((value) => !/[\u0000-\u001f\u007f]/.test(value))],
  ['url', codecs.url, fc.webUrl()],
  [
    'portOrName',
    codecs.portOrName,
    fc.oneof(fc.integer({ min: 1, max: 65535 }), fc.constantFrom('http', 'ms-app', 'a1')),
  ],
  [
    'quantity',
    codecs.quantity,
    fc.tuple(fc.nat(), fc.constantFrom('', 'm', 'k', 'Mi', 'Gi')).map(([n, u]) => `${n}${u}`),
  ],
  ['image', codecs.image, fc.constantFrom('a', 'registry.example:5000/a/b_c:1.0', `a/b@sha256:${'0'.repeat(64)}`)],
  ['json', codecs.json, fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown)],
] as [string, Codec<never>, fc.Arbitrary<unknown>][];

describe('parse(format(value)) gives the value back', () => {
  test.each(all)('%s', (_, codec, values) => {
    fc.assert(
      fc.property(values, (value) => {
        expect(codec.parse(codec.format(value as never))).toEqual({ ok: true, value });
      }),
    );
  });

  test('every codec of the module is in the table', () => {
    expect(all.map(([name]) => name).sort()).toEqual(Object.keys(codecs).sort());
  });
});

describe('no text makes a codec throw, and a refusal is one printable line that says what would be right', () => {
  test.each(all)('%s', (_, codec) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const result = codec.parse(text);
        if (!result.ok) expect(result.problem).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,3000}$/u);
      }),
    );
  });
});

test.each<[string, Codec<never>, string, string]>([
  ['boolean', codecs.boolean as never, 'yes', '"yes" is not "true" or "false"'],
  ['boolean', codecs.boolean as never, 'ture', '"ture" is not "true" or "false"; did you mean "true"?'],
  ['port', codecs.port as never, '0', '"0" is not a port, 1 to 65535'],
  ['port', codecs.port as never, '65536', '"65536" is not a port, 1 to 65535'],
  ['port', codecs.port as never, 'eighty', '"eighty" is not a port, 1 to 65535'],
  [
    'duration',
    codecs.duration as never,
    '30',
    '"30" is not a duration such as 200ms, 30s, 5m or 1h30m; the unit is missing',
  ],
  ['size', codecs.size as never, '8MB', '"8MB" is not a size such as 65535, 64Ki, 8Mi or 1Gi'],
  ['quantity', codecs.quantity as never, '12Q', '"12Q" is not a Kubernetes quantity such as 10m, 0.5, 64Mi or 1Gi'],
  [
    'oneOf',
    codecs.oneOf('auto', 'true', 'false') as never,
    'atuo',
    '"atuo" is not one of auto, true, false; did you mean "auto"?',
  ],
  [
    'listOf',
    codecs.listOf(codecs.port) as never,
    '1,x, y',
    '"x" is not a port, 1 to 65535; "y" is not a port, 1 to 65535',
  ],
  ['path', codecs.path as never, '/etc/../x', '"/etc/../x" is not an absolute path without ".." or ":"'],
  ['text', codecs.text as never, 'a\nb', '"a\\nb" is not text without control characters'],
])('%s: %#', (_, codec, text, problem) => {
  expect(codec.parse(text)).toEqual({ ok: false, problem });
});

test('a long value is cut where it is quoted', () => {
  expect(quote('x'.repeat(200_000))).toBe(`"${'x'.repeat(57)}..."`);
});
