import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json/json.ts';
import { readManifest } from '../../../src/manifest/read/manifest.ts';
import { changedText } from '../../../src/offline/change/change-output.ts';
import { injectManifest } from '../../../src/offline/change/inject-manifest.ts';
import { uninjectManifest } from '../../../src/offline/change/uninject-manifest.ts';
import { facts, settings } from '../../inject/cluster.ts';

const cluster = { settings: settings(), facts: () => facts(), findNamespace: () => undefined };

const list = (items: string, more = '') =>
  `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${items}functionConfig: {kind: Inject}\n${more}`;
const pod = (name: string, inject: string) => `- apiVersion: v1
  kind: Pod
  metadata:
    name: ${name} # its name
    annotations:
      internal.config.kubernetes.io/path: 'base/pod.yaml'
      internal.config.kubernetes.io/index: '2'
      metrics-sidecar.io/inject: '${inject}'
  spec: {containers: [{name: a}]}
`;

function run(text: string) {
  const after = changedText(injectManifest(readManifest(text, '-'), [], cluster));
  return { after, value: load(after) as JsonObject };
}

test('items are injected in place; what was done is a result', () => {
  const { after, value } = run(list(pod('one', 'statsd')));
  expect(after).toContain('    name: one # its name\n');
  expect(value).toMatchObject({
    kind: 'ResourceList',
    items: [{ metadata: { labels: { 'metrics-sidecar.io/injected': 'true' } } }],
    functionConfig: { kind: 'Inject' },
    results: [
      {
        message: 'injected: statsd',
        severity: 'info',
        resourceRef: { apiVersion: 'v1', kind: 'Pod', name: 'one' },
        file: { path: 'base/pod.yaml', index: 2 },
      },
    ],
  });
});

test('a finding is a result with its field, after those of functions before', () => {
  const { value } = run(list(pod('one', 'statds'), 'results:\n- {message: before}\n'));
  expect(value.results).toEqual([
    { message: 'before' },
    {
      message: expect.stringContaining('did you mean "statsd"?'),
      severity: 'error',
      resourceRef: { apiVersion: 'v1', kind: 'Pod', name: 'one' },
      file: { path: 'base/pod.yaml', index: 2 },
      field: { path: "metadata.annotations['metrics-sidecar.io/inject']" },
      tags: { code: 'bad_value' },
    },
  ]);
});

test('where nothing is done and nothing found, the list stays as it is', () => {
  const text = list(pod('one', 'false'));
  expect(run(text).after).toBe(text);
  const injected = list(pod('one', 'statsd'));
  const { after } = run(injected);
  expect(run(after).after).toBe(after);
});

test('uninject takes the sidecar off the items', () => {
  const text = list(pod('one', 'statsd'));
  const manifest = readManifest(run(text).after, '-');
  const value = load(changedText(uninjectManifest(manifest, []))) as JsonObject;
  expect(value.items).toEqual((load(text) as JsonObject).items);
  expect(value.results).toMatchObject([{ message: 'injected: statsd' }, { message: 'uninjected', severity: 'info' }]);
});

test('another kind of the same name is a list like any other', () => {
  const text = list(pod('one', 'statsd')).replace('config.kubernetes.io', 'example.test');
  expect(run(text).value).not.toHaveProperty('results');
});
