import { describe, expect, test } from 'vitest';
import { patchContainer } from '../../../src/inject/build/container-patch.ts';
import { readPod } from '../../../src/inject/pod/pod.ts';
import { pod } from '../pods.ts';

const container = {
  name: 'metrics-sidecar',
  image: 'metrics-sidecar:1',
  args: ['statsd'],
  restartPolicy: 'Always',
  volumeMounts: [{ name: 'v', mountPath: '/v' }],
};
const volumes = [
  { name: 'v', emptyDir: {} },
  { name: 'w', emptyDir: {} },
];
function patch(...operations: object[]) {
  const read = readPod(pod('statsd'));
  if ('problem' in read) throw new Error(read.problem);
  return patchContainer(operations, {
    pod: read,
    volumes,
    limitRanges: [],
    quotas: [],
    inits: [],
    others: [],
    before: container,
  });
}

test('what the operations say, on a copy', () => {
  const result = patch(
    { op: 'test', path: '/args/0', value: 'statsd' },
    { op: 'add', path: '/args/-', value: '+' },
    { op: 'add', path: '/env', value: [] },
  );
  expect(result).toMatchObject({ ok: true, value: { args: ['statsd', '+'], env: [] } });
  expect(container.args).toEqual(['statsd']);
});

test('a mount of a volume that the pod has', () => {
  expect(patch({ op: 'add', path: '/volumeMounts/-', value: { name: 'w', mountPath: '/w' } })).toMatchObject({
    ok: true,
  });
});

describe('refused', () => {
  test.each([
    ['the name', [{ op: 'replace', path: '/name', value: 'x' }], 'the name cannot be changed'],
    [
      'the name by way of everything',
      [{ op: 'replace', path: '', value: { name: 'x' } }],
      'the name cannot be changed',
    ],
    [
      'no native sidecar any more',
      [{ op: 'remove', path: '/restartPolicy' }],
      'restartPolicy cannot be changed; see the annotation native',
    ],
    ['a list', [{ op: 'replace', path: '', value: [] }], 'operation 0: the container is no object any more'],
    ['nothing', [{ op: 'remove', path: '' }], 'operation 0: the container is no object any more'],
    [
      'a volume that is not there',
      [{ op: 'add', path: '/volumeMounts/-', value: { name: 'x' } }],
      'the pod has no volume "x"',
    ],
    [
      'a test that fails',
      [
        { op: 'add', path: '/a', value: 1 },
        { op: 'test', path: '/a', value: 2 },
      ],
      'operation 1: Test operation failed',
    ],
    [
      'a path that is not there',
      [{ op: 'remove', path: '/a/b' }],
      'operation 0: Cannot perform the operation at a path that does not exist',
    ],
    ['no path', [{ op: 'remove' }], 'operation 0: Operation `path` property is not a string'],
    ['no value', [{ op: 'add', path: '/a' }], 'operation 0: '],
    ['an operation of the library alone', [{ op: '_get', path: '/name' }], 'operation 0: op "_get" is none of'],
    ['no operation', [{}], 'operation 0: op "undefined" is none of'],
    ['a prototype', [{ op: 'add', path: '/__proto__/polluted', value: true }], 'operation 0: '],
    ['a constructor', [{ op: 'add', path: '/constructor/prototype/polluted', value: true }], 'operation 0: '],
  ])('%s', (_, operations, problem) => {
    const result = patch(...operations);
    expect(result.ok).toBe(false);
    expect(result.ok ? '' : result.problems.join('\n')).toContain(problem);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('copies of copies before they fill the memory', () => {
    const bomb = Array.from({ length: 90 }, (_, i) => ({ op: 'copy', from: '', path: `/x${i}` }));
    const result = patch({ op: 'add', path: '/pad', value: 'x'.repeat(1000) }, ...bomb);
    expect(result).toMatchObject({ ok: false, problems: [expect.stringContaining('larger than 65536')] });
  });

  test('more operations than anybody needs', () => {
    expect(
      patch(...Array.from({ length: 101 }, () => ({ op: 'test', path: '/name', value: 'metrics-sidecar' }))),
    ).toMatchObject({ ok: false });
  });
});
