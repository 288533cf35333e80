import { type JsonObject, objectOf } from '../../../src/json/json.ts';
import { accountsOf, corpusFiles } from '../../cluster/corpus-files.ts';
import { authority } from '../../webhook/pair.ts';

/** A node whose kubelet runs native sidecars. */
export const node: JsonObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node', labels: { 'kubernetes.io/os': 'linux' } },
  status: { nodeInfo: nodeInfo('v1.35.4') },
};

function nodeInfo(kubeletVersion: string): JsonObject {
  const texts = ['machineID', 'systemUUID', 'bootID', 'kernelVersion', 'osImage', 'containerRuntimeVersion'];
  const rest = ['kubeProxyVersion', 'operatingSystem', 'architecture'];
  return { ...Object.fromEntries([...texts, ...rest].map((name) => [name, ''])), kubeletVersion };
}

export const priorityClass: JsonObject = {
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name: 'high' },
  value: 1000,
};

/** The service accounts that pods of the corpus name. */
export const accountsOfPods: readonly JsonObject[] = [
  ...new Set(corpusFiles.flatMap(accountsOf).map(({ metadata }) => String(objectOf(metadata)!.name))),
].map((name) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } }));

/** Asks the webhook at a port of loopback about pods of these namespaces, as the chart's registration does. */
export function registration(port: number, namespaces: readonly string[]): JsonObject {
  const values = [...namespaces];
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'metrics-sidecar' },
    webhooks: [
      {
        name: 'pods.metrics-sidecar.io',
        clientConfig: {
          url: `https://127.0.0.1:${port}/mutate`,
          caBundle: Buffer.from(authority.cert).toString('base64'),
        },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
        namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] },
        ...{ admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Fail' },
        reinvocationPolicy: 'IfNeeded',
      },
    ],
  };
}
