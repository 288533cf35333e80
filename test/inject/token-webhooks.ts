import { type JsonObject, objectOf, objectsOf, textOf } from '../../src/json/json.ts';

/** What a webhook that mounts tokens does, as far as containers can tell. */
interface TokenWebhook {
  readonly name: 'aws' | 'azure' | 'gcp';
  readonly skip: string;
  readonly separator: string;
  readonly volume: string;
  readonly mountPath: string;
}

/** After aws/amazon-eks-pod-identity-webhook (pkg/handler), Azure/azure-workload-identity (pkg/webhook), Google. */
export const tokenWebhooks: readonly TokenWebhook[] = [
  {
    name: 'aws',
    skip: 'eks.amazonaws.com/skip-containers',
    separator: ',',
    volume: 'aws-iam-token',
    mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount',
  },
  {
    name: 'azure',
    skip: 'azure.workload.identity/skip-containers',
    separator: ';',
    volume: 'azure-identity-token',
    mountPath: '/var/run/secrets/azure/tokens',
  },
  {
    name: 'gcp',
    skip: 'cloud.google.com/skip-containers',
    separator: ',',
    volume: 'gcp-iam-token',
    mountPath: '/var/run/secrets/sts.googleapis.com/serviceaccount',
  },
];

/** The pod with a token in every container but those that the annotation names; no mount of the volume comes twice. */
export function withTokens(pod: JsonObject, { skip, separator, volume, mountPath }: TokenWebhook): JsonObject {
  const annotations = objectOf(objectOf(pod.metadata)?.annotations) ?? {};
  const skipped = (textOf(annotations[skip]) ?? '').split(separator).map((name) => name.trim());
  const spec = objectOf(pod.spec)!;
  const mounted = (container: JsonObject): JsonObject => {
    const mounts = objectsOf(container.volumeMounts);
    if (skipped.includes(container.name as string) || mounts.some(({ name }) => name === volume)) return container;
    return { ...container, volumeMounts: [...mounts, { name: volume, mountPath, readOnly: true }] };
  };
  const volumes = objectsOf(spec.volumes);
  const sources = [{ serviceAccountToken: { audience: 'a', path: 'token' } }];
  const own = volumes.some(({ name }) => name === volume) ? [] : [{ name: volume, projected: { sources } }];
  return {
    ...pod,
    spec: {
      ...spec,
      containers: objectsOf(spec.containers).map(mounted),
      ...(spec.initContainers !== undefined && { initContainers: objectsOf(spec.initContainers).map(mounted) }),
      volumes: [...volumes, ...own],
    },
  };
}
