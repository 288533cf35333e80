import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type JsonObject, objectOf } from '../../src/json/json.ts';
import { asIstio } from '../mesh/istio.ts';
import { authority, servingPair } from '../webhook/pair.ts';

export interface MutatingWebhook {
  /** The registration under this name for the namespaces that the selector takes; it is never called again. */
  registration(name: string, namespaceSelector: JsonObject): JsonObject;
  stop(): Promise<void>;
}

interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: { readonly uid: string; readonly object: JsonObject };
}

/** The name of Istio's registration. */
export const istioName = 'istio-sidecar-injector';

/**
 * An injector like Istio's as a webhook, for a real API server around ours. It changes pods as the real one was
 * recorded to do (`test/mesh/recorded.test.ts`).
 * @param native whether the proxy is a native sidecar
 * @param host the address by which the API server reaches this process
 */
export function istioAdmission(native: boolean, host?: string): Promise<MutatingWebhook> {
  return mutatingWebhook((pod) => patchOf(pod, native), host);
}

/** A webhook that answers with the JSON Patch that `patchOf` makes of a pod. */
export async function mutatingWebhook(
  patchOf: (pod: JsonObject) => readonly JsonObject[] | undefined,
  host = '127.0.0.1',
): Promise<MutatingWebhook> {
  const { cert, key } = await servingPair(5, ['localhost', host]);
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { apiVersion, kind, request: asked } = JSON.parse(Buffer.concat(chunks).toString()) as Review;
      const operations = patchOf(asked.object);
      const patch = operations && Buffer.from(JSON.stringify(operations)).toString('base64');
      const answer = { uid: asked.uid, allowed: true, ...(patch !== undefined && { patchType: 'JSONPatch', patch }) };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion, kind, response: answer }));
    });
  });
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(0, host, () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    registration: (name, selector) => registration(name, `https://${host}:${port}/inject`, selector),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A pod in the node's network, and one that has its proxy, stay as they are. */
function patchOf(pod: JsonObject, native: boolean): readonly JsonObject[] | undefined {
  const spec = objectOf(pod.spec) ?? {};
  const { annotations } = objectOf(pod.metadata) ?? {};
  if (spec.hostNetwork === true || objectOf(annotations)?.['sidecar.istio.io/status'] !== undefined) return undefined;
  const left = asIstio(pod, native);
  const { initContainers, containers } = objectOf(left.spec) ?? {};
  return [
    { op: 'add', path: '/metadata/annotations', value: objectOf(left.metadata)!.annotations! },
    { op: 'add', path: '/spec/initContainers', value: initContainers! },
    { op: 'add', path: '/spec/containers', value: containers! },
  ];
}

function registration(name: string, url: string, namespaceSelector: JsonObject): JsonObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: 'namespace.injector.test',
        clientConfig: { url, caBundle: Buffer.from(authority.cert).toString('base64') },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
        namespaceSelector,
        ...{ admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Fail', reinvocationPolicy: 'Never' },
      },
    ],
  };
}
