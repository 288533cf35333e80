import { describe, expect, test } from 'vitest';
import { engineFlags } from '../../../src/contract/offline.ts';
import { defaults } from '../../../src/flags/flag.ts';
import { readManifest } from '../../../src/manifest/read/manifest.ts';
import { clusterContextOf } from '../../../src/offline/evaluate/cluster-context.ts';
import { noSettings } from '../../../src/settings/settings-file.ts';

const flags = { ...defaults(engineFlags), namespace: 'shop' };
const of = (...texts: readonly string[]) =>
  clusterContextOf(
    { flags, file: noSettings, version: '1.2.3' },
    texts.map((text, i) => readManifest(text, `${i}.yaml`)),
  );

const limits = (name: string, max: string, namespace = '') => `apiVersion: v1
kind: LimitRange
metadata: {name: ${name}${namespace === '' ? '' : `, namespace: ${namespace}`}}
spec: {limits: [{type: Container, max: {cpu: ${max}}}, {type: PersistentVolumeClaim, max: {storage: 1Gi}}]}
`;

describe('the namespace', () => {
  const labelled =
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {metrics-sidecar.io/inject: statsd}}\n';

  test('has the labels of its manifest, whichever file that is in', () => {
    const cluster = of('kind: ConfigMap', labelled);
    expect(cluster.facts('shop').namespace.labels).toEqual({ 'metrics-sidecar.io/inject': 'statsd' });
    expect(cluster.facts('other').namespace).toEqual({ name: 'other', labels: {}, limitRanges: [] });
    expect(cluster.findNamespace('shop')).toMatchObject({ document: { source: '1.yaml' }, object: { name: 'shop' } });
    expect(cluster.findNamespace('other')).toBeUndefined();
  });

  test('of an object that names none is the one of the flag', () => {
    const cluster = of(labelled);
    expect(cluster.facts(undefined)).toBe(cluster.facts('shop'));
    expect(cluster.findNamespace(undefined)?.object.name).toBe('shop');
  });

  test('has the first user of the range in its manifest', () => {
    const ranged = (text: string) =>
      `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, annotations: {openshift.io/sa.scc.uid-range: ${text}}}\n`;
    expect(of(ranged('1000680000/10000')).facts('shop').namespace.user).toBe(1_000_680_000);
    expect(of(ranged('1000-2000')).facts('shop').namespace.user).toBe(1000);
    expect(of(ranged('1000')).facts('shop').namespace).toEqual({ name: 'shop', labels: {}, limitRanges: [] });
  });

  test('in a List counts, and one of another API does not', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${labelled.trimEnd().replaceAll('\n', '\n  ')}\n`;
    expect(of(list).facts('shop').namespace.labels).not.toEqual({});
    expect(of(labelled.replace('v1', 'example.test/v1')).facts('shop').namespace.labels).toEqual({});
  });
});

test('LimitRanges are ordered by their names, as those of a cluster; numbers are quantities', () => {
  const { facts } = of(limits('b', '2'), limits('a', '500m'), limits('c', '1', 'other'));
  const upTo = (cpu: string) => ({ type: 'Container', max: { cpu }, default: { cpu }, defaultRequest: { cpu } });
  expect(facts('shop').namespace.limitRanges).toEqual([upTo('500m'), upTo('2')]);
  expect(facts('other').namespace.limitRanges).toEqual([upTo('1')]);
});

test('what a LimitRange does not say is as the API server makes it when it stores one', () => {
  const items = `
  - {type: Container, min: {cpu: 50m, memory: 16Mi}, default: {cpu: 200m}, defaultRequest: {cpu: 100m}}
  - {type: Container, max: {memory: 1Gi}, min: {memory: 16Mi}}
  - {type: Pod, max: {memory: 2Gi}}
  - {type: Container, max: {cpu: 1}, default: none}`;
  const { facts } = of(`apiVersion: v1\nkind: LimitRange\nmetadata: {name: a}\nspec:\n  limits:${items}\n`);
  expect(facts('shop').namespace.limitRanges).toEqual([
    {
      type: 'Container',
      min: { cpu: '50m', memory: '16Mi' },
      default: { cpu: '200m' },
      defaultRequest: { cpu: '100m', memory: '16Mi' },
    },
    {
      type: 'Container',
      max: { memory: '1Gi' },
      min: { memory: '16Mi' },
      default: { memory: '1Gi' },
      defaultRequest: { memory: '1Gi' },
    },
    { type: 'Pod', max: { memory: '2Gi' } },
  ]);
});

test('a LimitRange that is none is nothing', () => {
  expect(of('apiVersion: v1\nkind: LimitRange\n').facts('shop').namespace.limitRanges).toEqual([]);
  expect(of('apiVersion: v1\nkind: LimitRange\nspec: {limits: [1]}\n').facts('shop').namespace.limitRanges).toEqual([]);
});

test('nothing is known of kubelets but what the flag says; the settings file is named', () => {
  expect(of().facts('shop').kubelets).toBeNull();
  expect(of()).not.toHaveProperty('settingsFile');
  const file = {
    ...noSettings,
    discovery: 'none' as const,
    defaults: new Map([['metrics-sidecar.io/native', 'false']]),
  };
  const told = { ...flags, settings: 's.yaml', kubernetesVersion: '1.28', onInvalid: 'deny' as const };
  const cluster = clusterContextOf({ flags: told, file, version: '1.2.3' }, []);
  expect(cluster.settings).toEqual({
    ...file,
    onInvalid: 'deny',
    nativeSidecars: 'auto',
    kubernetesVersion: '1.28',
    version: '1.2.3',
  });
  expect(cluster.settingsFile).toBe('s.yaml');
});
