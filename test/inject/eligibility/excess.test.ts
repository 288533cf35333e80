import { expect, test } from 'vitest';
import { annotationExcess, podExcess } from '../../../src/inject/eligibility/excess.ts';

const code = (found: ReturnType<typeof podExcess>) => found?.code;
const annotated = (annotations: Record<string, string>) => ({ metadata: { annotations }, spec: {} });

test('annotations: keys and values in bytes, exactly as many as the API server takes', () => {
  expect(code(podExcess(annotated({ key: 'x'.repeat(262_141) })))).toBe(undefined);
  expect(code(podExcess(annotated({ key: 'x'.repeat(262_142) })))).toBe('annotations_too_large');
  expect(code(podExcess(annotated({ key: 'ä'.repeat(131_070) })))).toBe(undefined);
  expect(code(podExcess(annotated({ key: 'ä'.repeat(131_071) })))).toBe('annotations_too_large');
});

test('annotations and labels: 1,000 of each', () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key-${i}`, '']));
  const pod = (annotations: number, labels: number) => ({
    metadata: { annotations: many(annotations), labels: many(labels) },
    spec: {},
  });
  expect(podExcess(pod(1000, 1000))).toBe(undefined);
  const detail = '1001, not 1000 at most';
  expect(podExcess(pod(1000, 1001))).toMatchObject({ code: 'pod_too_large', subject: 'metadata.labels', detail });
  expect(podExcess(pod(1001, 0))).toMatchObject({ code: 'pod_too_large', subject: 'metadata.annotations', detail });
  expect(annotationExcess(pod(1001, 0))).toMatchObject({ code: 'pod_too_large', subject: 'metadata.annotations' });
});

test('containers of all kinds, and the parts of all containers, are counted together', () => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `n${i}` }));
  const pod = (containers: number, inits: number) => ({
    spec: { containers: names(containers), initContainers: names(inits) },
  });
  expect(code(podExcess(pod(200, 56)))).toBe(undefined);
  expect(podExcess(pod(200, 57))).toMatchObject({ code: 'pod_too_large', detail: '257, not 256 at most' });
  const parts = (env: number, ports: number) => ({
    spec: { volumes: names(1), containers: [{ name: 'a', env: names(env), ports: names(ports) }] },
  });
  expect(code(podExcess(parts(5000, 4999)))).toBe(undefined);
  expect(code(podExcess(parts(5000, 5000)))).toBe('pod_too_large');
});

test('what is no pod is no excess: the engine says what is wrong with it', () => {
  for (const spec of [null, 1, 'text', [], { containers: 'no list' }]) {
    expect(podExcess({ metadata: null, spec })).toBe(undefined);
  }
  expect(podExcess({})).toBe(undefined);
});
