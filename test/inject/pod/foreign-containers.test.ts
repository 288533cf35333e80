import { expect, test } from 'vitest';
import { injectorOf } from '../../../src/inject/pod/foreign-containers.ts';
import { type Pod, readPod } from '../../../src/inject/pod/pod.ts';
import { pod } from '../pods.ts';

const read = (said: Parameters<typeof pod>[1] = {}) => readPod(pod('statsd', said)) as Pod;

test.each([
  ['istio-proxy', 'Istio'],
  ['linkerd-proxy', 'Linkerd'],
  ['consul-dataplane', 'Consul'],
  ['consul-dataplane-web', 'Consul'],
  ['vault-agent', 'Vault'],
  ['daprd', 'Dapr'],
  ['otc-container', 'OpenTelemetry'],
  ['datadog-agent-injected', 'Datadog'],
  ['csql-default-shop', 'Cloud SQL proxy'],
  ['cloud-sql-proxy', 'Cloud SQL proxy'],
  ['queue-proxy', 'Knative'],
  ['app', undefined],
  ['csql', undefined],
  ['istio', undefined],
  ['proxy', undefined],
  ['constructor', undefined],
])('%s', (name, injector) => {
  expect(injectorOf(name, read())).toBe(injector);
});

test.each([
  ['envoy', {}, undefined],
  ['envoy', { annotations: { 'appmesh.k8s.aws/mesh': 'm' } }, 'App Mesh'],
  ['envoy', { labels: { 'appmesh.k8s.aws/mesh': 'm' } }, 'App Mesh'],
  ['envoy', { annotations: { 'appmesh.k8s.aws.example.test/mesh': 'm' } }, undefined],
  ['envoy', { metadata: { annotations: null, labels: null } }, undefined],
  ['wait', { labels: { 'workflows.argoproj.io/workflow': 'w' } }, 'Argo Workflows'],
  ['wait', {}, undefined],
])('a name that others have, too, counts beside the keys of the injector: %s %j', (name, said, injector) => {
  expect(injectorOf(name, read(said as Parameters<typeof pod>[1]))).toBe(injector);
});
