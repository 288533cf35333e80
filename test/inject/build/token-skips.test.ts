import { describe, expect, test } from 'vitest';
import { injectPod } from '../../../src/inject/inject.ts';
import { withSkipped } from '../../../src/inject/pod/token-issuers.ts';
import { uninjectPod } from '../../../src/inject/uninject/uninject.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { facts, settings } from '../cluster.ts';
import { annotationsOf, containers, patched, pod } from '../pods.ts';
import { tokenWebhooks, withTokens } from '../token-webhooks.ts';

const spec = {
  initContainers: [{ name: 'setup', image: 'example.test/i:1' }],
  containers: [
    { name: 'app', image: 'example.test/a:1', ports: [{ containerPort: 8080 }] },
    { name: 'worker', image: 'example.test/w:1' },
  ],
};

function injected(json: JsonObject, said: { readonly defaults?: Readonly<Record<string, string>> } = {}): JsonObject {
  const outcome = injectPod({ pod: json, facts: facts(), settings: settings(said) });
  expect(outcome.decision).toBe('injected');
  return patched(json, outcome);
}

/** The containers that mount the volume. */
function holders(json: JsonObject, volume: string): readonly string[] {
  return [...containers(json, 'initContainers'), ...containers(json, 'containers')]
    .filter(({ volumeMounts }) => volumeMounts?.some(({ name }) => name === volume))
    .map(({ name }) => name);
}

const application = ['setup', 'app', 'worker'];

describe.each(tokenWebhooks.map((one) => [one.name, one] as const))('tokens of %s', (name, webhook) => {
  const asked = (annotations = {}) => pod('statsd,haproxy', { annotations, spec });
  const setting = { defaults: { 'metrics-sidecar.io/token-issuers': name } };

  test('the webhook comes after ours', () => {
    const after = withTokens(injected(asked(), setting), webhook);
    expect(holders(after, webhook.volume)).toEqual(application);
  });

  test('it comes before ours, and again after it', () => {
    const before = withTokens(asked(), webhook);
    const after = withTokens(injected(before), webhook);
    expect(holders(after, webhook.volume)).toEqual(application);
    expect(injectPod({ pod: after, facts: facts(), settings: settings(setting) }).patch).toEqual([]);
  });

  test('plain containers, and containers that the application leaves out', () => {
    const list = `worker${webhook.separator} other${webhook.separator}`;
    const annotations = { [webhook.skip]: list, 'metrics-sidecar.io/native': 'false' };
    const after = injected(asked(annotations));
    expect(annotationsOf(after)[webhook.skip]).toMatch(list);
    expect(holders(withTokens(after, webhook), webhook.volume)).toEqual(['setup', 'app']);
  });

  test('uninject gives the list back, unless somebody changed it since', () => {
    for (const annotations of [{}, { [webhook.skip]: 'worker' }, { [webhook.skip]: '' }]) {
      const json = asked(annotations);
      const after = injected(json, setting);
      expect(patched(after, uninjectPod(after))).toEqual(json);
      const edited = structuredClone(after) as { metadata: { annotations: Record<string, string> } };
      edited.metadata.annotations[webhook.skip] = 'app';
      const back = patched(edited as unknown as JsonObject, uninjectPod(edited as unknown as JsonObject));
      expect(annotationsOf(back)[webhook.skip]).toBe('app');
    }
  });
});

test('a pod that shows no issuer gets no list', () => {
  const after = injected(pod('statsd', { spec, labels: { 'azure.workload.identity/use': 'false' } }));
  expect(Object.keys(annotationsOf(after)).filter((key) => key.endsWith('/skip-containers'))).toEqual([]);
});

test('the label that Azure asks for is enough', () => {
  const after = injected(pod('statsd', { spec, labels: { 'azure.workload.identity/use': 'true' } }));
  expect(annotationsOf(after)['azure.workload.identity/skip-containers']).toBe('metrics-sidecar');
});

test.each([
  [undefined, ['a', 'b'], 'a,b'],
  ['', ['a'], 'a'],
  [' ', ['a'], 'a'],
  ['x', ['a'], 'x,a'],
  ['x,', ['a'], 'x,a'],
  [' a , x', ['a'], ' a , x'],
  ['b', ['a', 'b'], 'b,a'],
])('%j with %j is %j', (list, names, expected) => {
  expect(withSkipped('eks.amazonaws.com/skip-containers', list, names)).toBe(expected);
});
