import { expect, test } from 'vitest';
import { readStatus } from '../../src/inject/pod/status-annotation.ts';
import { uninjectPod } from '../../src/inject/uninject/uninject.ts';
import { intendedKinds } from '../../src/offline/lint/intended-pod.ts';
import { plainMeaning } from '../../src/yaml/plain-meaning.ts';
import { steepness } from './growth.ts';
import { shapes } from './shapes.ts';

test('a status that is larger than any that we write is not parsed', () => {
  expect(readStatus('{"injected":true}')).toEqual({ injected: true });
  expect(readStatus(`{"a":"${'x'.repeat(65_536)}"}`)).toBeUndefined();
  expect(readStatus(`{"a":${'['.repeat(40)}${']'.repeat(40)}}`)).toBeUndefined();
  expect(readStatus(`[${'{},'.repeat(5000)}{}]`)).toBeUndefined();
});

test.each(shapes)('$name', async ({ make }) => {
  for (const read of [readStatus, intendedKinds, plainMeaning])
    expect(await steepness(read, make), read.name).toBeUndefined();
});

test('a record of many mounts, of a container that has as many', () => {
  const mounts = (count: number) => Array.from({ length: count }, (_, i) => ({ name: 'm', mountPath: `/${i}` }));
  /** How often the mounts of the container are looked at. */
  const looks = (count: number) => {
    const record = { injected: true, undo: { mount: mounts(count).map((mount) => ({ ...mount, to: ['a'] })) } };
    let reads = 0;
    const volumeMounts = mounts(count * 4).map(({ mountPath }) => ({
      get name() {
        reads += 1;
        return 'm';
      },
      mountPath,
    }));
    const annotations = { 'metrics-sidecar.io/status': JSON.stringify(record) };
    const spec = { containers: [{ name: 'a', volumeMounts }] };
    const { patch } = uninjectPod({ metadata: { name: 'p', annotations }, spec });
    expect(patch.filter(({ path }) => path.includes('/volumeMounts/'))).toHaveLength(count);
    return reads / count;
  };
  expect(looks(400)).toBe(looks(100));
});

test('a number of thousands of digits means what it meant', () => {
  expect(plainMeaning('9'.repeat(400))).toEqual({ type: 'text' });
  expect(plainMeaning('1'.repeat(300))).toEqual({ type: 'float', value: Number('1'.repeat(300)) });
  expect(plainMeaning(`0x${'0'.repeat(100_000)}ff`)).toEqual({ type: 'integer', value: 255 });
  expect(plainMeaning('18446744073709551615')).toEqual({ type: 'integer', value: 2 ** 64 });
});
