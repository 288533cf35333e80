import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serviceAnnotations } from '../../src/contract/service-annotations.ts';
import { type Codec, codecOf, documentBytes, listBytes, parsed, scalarBytes, tooLong } from '../../src/flags/codec.ts';
import { podAnnotations } from '../../src/kinds/annotations.ts';
import { steepness } from '../linear/growth.ts';
import { shapes } from '../linear/shapes.ts';

const src = join(import.meta.dirname, '../../src');

/** Every codec that the modules of these folders export, once, with a path to it. */
async function exportedCodecs(): Promise<ReadonlyMap<Codec<unknown>, string>> {
  const found = new Map<Codec<unknown>, string>();
  const look = (path: string, value: unknown, depth: number) => {
    if (typeof value !== 'object' || value === null || depth > 5) return;
    if ('parse' in value && 'placeholder' in value) found.set(value as Codec<unknown>, path);
    else for (const [key, inner] of Object.entries(value)) look(`${path}.${key}`, inner, depth + 1);
  };
  for (const folder of ['flags', 'contract', 'kinds']) {
    for (const file of readdirSync(join(src, folder)).filter((name) => name.endsWith('.ts'))) {
      const exported = (await import(join(src, folder, file))) as Readonly<Record<string, unknown>>;
      for (const [name, value] of Object.entries(exported)) look(`${folder}/${file} ${name}`, value, 0);
    }
  }
  return found;
}

const codecs = await exportedCodecs();
const annotated = [...podAnnotations.values(), ...Object.values(serviceAnnotations)];

test('every annotation is among them', () => {
  expect(annotated.filter(({ codec }) => !codecs.has(codec as Codec<unknown>)).map(({ key }) => key)).toEqual([]);
  expect(codecs.size).toBeGreaterThan(60);
});

const long = shapes.map(({ make }) => make(300_000));

describe.each([...codecs].map(([codec, path]) => ({ codec, path })))('$path', ({ codec }) => {
  test('a text that is one byte too long is refused by its length', () => {
    expect(codec.most).toBeLessThanOrEqual(documentBytes);
    for (const text of [...shapes.map(({ make }) => make(codec.most).padEnd(codec.most + 1, '1')), ...long]) {
      expect(codec.parse(text)).toEqual(tooLong(text, codec.most));
    }
  });

  test('a text that is as long as it may be is read in linear time', async () => {
    for (const { name, make } of shapes) {
      expect(await steepness((text) => codec.parse(text), make, codec.most), name).toBeUndefined();
      const result = codec.parse(make(codec.most / 4));
      if (!result.ok) expect(result.problem.length, name).toBeLessThan(4000);
    }
  });
});

test('the bounds: a value, a list, a document', () => {
  const bounds = (wanted: number) =>
    annotated.filter(({ codec }) => codec.most === wanted).map(({ setting }) => setting);
  expect({ list: bounds(listBytes), document: bounds(documentBytes) }).toEqual({
    list: ['inject', 'mesh-bypass', 'token-issuers', 'histogram-buckets', 'summary-quantiles', 'routes', 'upstreams'],
    document: ['container-patch', 'mapping'],
  });
  const others = annotated.filter(({ codec }) => ![scalarBytes, listBytes, documentBytes].includes(codec.most));
  // Where the standard of a thing has a bound of its own: quantities are shorter; images, paths and NAME/KEY may be
  // longer.
  expect(Object.fromEntries(others.map(({ setting, codec }) => [setting, codec.most]))).toEqual({
    image: 512,
    // 64 names of containers of 63 characters, each with a comma and a space.
    containers: 4160,
    'guaranteed-cpu': 32,
    'mapping-share-size': 32,
    'cpu-request': 32,
    'cpu-limit': 32,
    'memory-request': 32,
    'memory-limit': 32,
    'mapping-config-map': 507,
    'mapping-share': 1024,
    'mapping-image-file': 1024,
  });
});

test('the length is tested before anything reads the text', () => {
  const codec = codecOf<string>({
    placeholder: 'X',
    expects: 'x',
    most: 4,
    read: (text) => (text.length > 4 || Buffer.byteLength(text) > 4 ? expect.fail('read') : parsed(text)),
    format: (value) => value,
  });
  expect(codec.parse('1234')).toEqual({ ok: true, value: '1234' });
  expect(codec.parse('ééx')).toEqual({ ok: false, problem: 'the value has 5 bytes, at most 4 are read' });
});
