import { expect, test } from 'vitest';
import { linted, placesOf } from '../set.ts';

const pod = (annotations: string) => `apiVersion: v1
kind: Pod
metadata:
  name: orders
  annotations:
    metrics-sidecar.io/inject: statsd
    ${annotations}
spec: {containers: [{name: app, image: a:1}]}
`;
const configMap = (data: string, metadata = '{name: rules}') => `---
apiVersion: v1
kind: ConfigMap
metadata: ${metadata}
data:
  ${data}
`;
const ofMap = (name: string) => pod(`statsd.metrics-sidecar.io/mapping-config-map: ${name}`);
const good = 'mapping.yml: |\n    mappings: [{match: "a.*", name: a}]';

test.each([
  ['in an annotation', pod(`statsd.metrics-sidecar.io/mapping: 'mappings: [{match: "a.*", name: a}]'`)],
  ['in an annotation without a value', pod(`statsd.metrics-sidecar.io/mapping: ''`)],
  ['in a ConfigMap', ofMap('rules') + configMap(good)],
  ['in a ConfigMap that is elsewhere', ofMap('rules') + configMap('x: y', '{name: others}')],
  ['in a ConfigMap of another namespace', ofMap('rules') + configMap('x: y', '{name: rules, namespace: shop}')],
])('nothing is wrong: %s', async (_, text) => {
  expect(await linted(text)).toEqual([]);
});

test('lines of a block scalar are lines of the manifest', async () => {
  const text = pod(`statsd.metrics-sidecar.io/mapping: |
      mappings:
      - match: "a.*"
        name: a
      - match: "b.["
        match_type: regex
        name: b`);
  const found = await linted(text);
  expect(placesOf(found)).toEqual(['11:16 mapping_invalid']);
  expect(found[0]!.sentence).toMatch(/^the sidecar would refuse the mapping: .* \(\w+\)$/);
});

test('in a ConfigMap it is told once, with its own line, whoever uses it', async () => {
  const rules = 'mapping.yml: |\n\n    mappings:\n    - match: "a.*"\n      nam: a';
  const two = `${ofMap('rules')}---\n${ofMap('rules').replace('orders', 'carts')}`;
  const found = await linted(two + configMap(rules));
  expect(found.map(({ object, line }) => [object, line])).toEqual(found.map(({ line }) => ['ConfigMap/rules', line]));
  expect(placesOf(found)).toEqual(['26:7 mapping_invalid', '27:7 mapping_doubtful']);
});

test('where the text is not written as it is read, the line of the mapping is told', async () => {
  const folded = pod(`statsd.metrics-sidecar.io/mapping: "mappings:\\n- match: 'a.*'\\n  name: 1a b"`);
  const [found] = await linted(folded);
  expect(found).toMatchObject({ line: 7, column: 40 });
  expect(found!.sentence).toContain('line 3 of the mapping: ');
});

test('a value in one line keeps its columns', async () => {
  const text = pod(`statsd.metrics-sidecar.io/mapping: 'mappings: [{match: "a.*", nam: a}]'`);
  const column = text.split('\n')[6]!.indexOf('nam: a') + 1;
  expect(placesOf(await linted(text))).toContain(`7:${column} mapping_doubtful`);
});

test.each([
  ['rules/maping.yml', good, 'Write statsd.metrics-sidecar.io/mapping-config-map: "rules/mapping.yml".'],
  ['rules', 'orders.yaml: x', 'Write statsd.metrics-sidecar.io/mapping-config-map: "rules/orders.yaml".'],
  ['rules', 'one: x\n  two: x', 'Correct the key, or add it to the ConfigMap.'],
])('a key that the ConfigMap has not: %s', async (name, data, advice) => {
  const found = await linted(ofMap(name) + configMap(data));
  expect(found).toMatchObject([{ line: 7, column: 5, code: 'mapping_key_missing', advice }]);
});

test('a ConfigMap that kustomize generated has another name, which the annotation does not know', async () => {
  const found = await linted(ofMap('rules') + configMap(good, '{name: rules-6ft88t2625}'));
  expect(found).toMatchObject([
    {
      ...{ line: 7, column: 5, code: 'config_map_renamed' },
      sentence: expect.stringContaining('rules is rules-6ft88t2625'),
      advice: expect.stringContaining('disableNameSuffixHash'),
    },
  ]);
  expect(await linted(ofMap('rules') + configMap(good, '{name: rules-for-orders}'))).toEqual([]);
});

test('strict reading is the flag of the pod', async () => {
  const text = (more: string) =>
    pod(`statsd.metrics-sidecar.io/mapping: 'mappings: [{match: "a.*", name: a, nam: a}]'${more}`);
  expect((await linted(text(''))).map(({ code }) => code)).toEqual(['mapping_doubtful']);
  const strict = '\n    statsd.metrics-sidecar.io/strict-config: "true"';
  expect((await linted(text(strict))).map(({ code }) => code)).toEqual(['mapping_invalid']);
});

test('of a mapping that is wrong a thousand times a hundred findings are told, and how many more there are', async () => {
  const rules = Array.from({ length: 1000 }, (_, i) => `    - {match: a${i}, name: 1-}\n`).join('');
  const configMap = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  mapping.yml: |\n    mappings:\n${rules}`;
  const pod = `---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {metrics-sidecar.io/inject: statsd, statsd.metrics-sidecar.io/mapping-config-map: m/mapping.yml}}\nspec: {containers: [{name: a}]}\n`;
  const found = await linted(configMap + pod);
  expect(found).toHaveLength(101);
  expect(found.map(({ sentence }) => sentence)).toContainEqual(expect.stringMatching(/: 900 more: /));
});
