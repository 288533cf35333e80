import { webhookConfiguration } from '../../../src/check/webhook-checks/webhook-configuration.ts';
import { setEntry } from '../arrange.ts';
import { testCases } from '../case.ts';
import { path, podsEntry } from '../cluster.ts';

testCases('webhook-configuration.txt', [
  {
    when: 'nothing is registered',
    check: webhookConfiguration,
    arrange: ({ api }) => api.remove(path.mutating),
    result: 'error',
  },
  {
    when: 'it is registered by hand, without the label',
    check: webhookConfiguration,
    arrange: (cluster) => cluster.set(path.mutating, 'metadata/labels', {}),
    result: 'ok',
  },
  {
    when: 'the entry for pods has another name',
    check: webhookConfiguration,
    arrange: setEntry('name', 'injector.metrics-sidecar.io'),
    result: 'ok',
  },
  {
    when: 'there are no entries',
    check: webhookConfiguration,
    arrange: (cluster) => cluster.set(path.mutating, 'webhooks', []),
    result: 'error',
  },
  {
    when: 'failurePolicy Fail with matchConditions',
    check: webhookConfiguration,
    arrange: setEntry('failurePolicy', 'Fail'),
    result: 'ok',
  },
  {
    when: 'failurePolicy Fail for every pod, kube-system included, its own namespace too',
    check: webhookConfiguration,
    arrange: (cluster) => {
      setEntry('failurePolicy', 'Fail')(cluster);
      setEntry('matchConditions', [])(cluster);
      setEntry('namespaceSelector', {})(cluster);
    },
    result: 'error',
  },
  {
    when: 'failurePolicy Fail for every pod outside kube-system',
    check: webhookConfiguration,
    arrange: (cluster) => {
      setEntry('failurePolicy', 'Fail')(cluster);
      setEntry('matchConditions', [])(cluster);
    },
    result: 'warning',
  },
  {
    when: 'no matchConditions',
    check: webhookConfiguration,
    arrange: setEntry('matchConditions', undefined),
    result: 'warning',
  },
  {
    when: 'no matchConditions, for namespaces with the label only',
    check: webhookConfiguration,
    arrange: (cluster) => {
      const selector = { matchExpressions: [{ key: 'metrics-sidecar.io/inject', operator: 'Exists' }] };
      const second = {
        ...podsEntry,
        name: 'namespaces.metrics-sidecar.io',
        matchConditions: [],
        namespaceSelector: selector,
      };
      cluster.set(path.mutating, 'webhooks', [podsEntry, second]);
    },
    result: 'ok',
  },
  {
    when: 'required pods have an entry of their own',
    check: webhookConfiguration,
    arrange: (cluster) => {
      const required = { ...podsEntry, name: 'required-pods.metrics-sidecar.io', failurePolicy: 'Fail' };
      cluster.set(path.mutating, 'webhooks', [podsEntry, required]);
    },
    result: 'ok',
  },
  {
    when: 'the entry of required pods has lost its conditions',
    check: webhookConfiguration,
    arrange: (cluster) => {
      const required = { ...podsEntry, name: 'required-pods.metrics-sidecar.io', failurePolicy: 'Fail' };
      cluster.set(path.mutating, 'webhooks', [podsEntry, { ...required, matchConditions: undefined }]);
    },
    result: 'warning',
  },
  {
    when: 'side effects, no reinvocation, and a long timeout',
    check: webhookConfiguration,
    arrange: (cluster) => {
      setEntry('sideEffects', 'Unknown')(cluster);
      setEntry('reinvocationPolicy', 'Never')(cluster);
      setEntry('timeoutSeconds', 30)(cluster);
    },
    result: 'warning',
  },
  {
    when: 'two releases',
    check: webhookConfiguration,
    arrange: ({ api }) => {
      const service = { namespace: 'other', name: 'metrics-sidecar' };
      api.put(`${path.mutating}-2`, { webhooks: [{ ...podsEntry, clientConfig: { service } }] });
    },
    result: 'warning',
  },
  {
    when: 'the registration of before a change of its name is still there',
    check: webhookConfiguration,
    arrange: ({ api }) => void api.put(`${path.mutating}-2`, { webhooks: [podsEntry] }),
    result: 'warning',
  },
  {
    when: 'two releases, of which the other is meant',
    check: webhookConfiguration,
    arrange: ({ api }) => {
      const service = { namespace: 'other', name: 'metrics-sidecar' };
      api.put(`${path.mutating}-2`, { webhooks: [{ ...podsEntry, clientConfig: { service } }] });
    },
    options: { releaseNamespace: 'other' },
    result: 'warning',
  },
  {
    when: 'you may not list configurations',
    check: webhookConfiguration,
    arrange: ({ api }) =>
      void api.fail({ path: /mutatingwebhookconfigurations$/ }, { status: 403, message: 'User "dev" cannot list' }),
    result: 'skipped',
  },
]);
