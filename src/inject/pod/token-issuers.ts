/** A webhook that mounts tokens of its own into all containers of a pod but those that an annotation names. */
interface TokenIssuer {
  readonly annotation: string;
  readonly separator: ',' | ';';
  /** The label without which it leaves a pod alone. */
  readonly label?: string;
  /** The volumes that it adds: it came before us, and may come again. */
  readonly volumes: readonly string[];
}

/**
 * The issuers that `token-issuers` takes. Each adds its mount where no mount of its volume is there, at whatever path:
 * an empty volume at the path, as it keeps out the API server's token, would get the pod refused.
 */
export const tokenIssuers = {
  // aws/amazon-eks-pod-identity-webhook pkg/handler: service accounts with a role, and EKS Pod Identity.
  aws: {
    annotation: 'eks.amazonaws.com/skip-containers',
    separator: ',',
    volumes: ['aws-iam-token', 'eks-pod-identity-token'],
  },
  // Azure/azure-workload-identity pkg/webhook
  azure: {
    annotation: 'azure.workload.identity/skip-containers',
    separator: ';',
    label: 'azure.workload.identity/use',
    volumes: ['azure-identity-token'],
  },
  // pfnet-research/gcp-workload-identity-federation-webhook
  gcp: { annotation: 'cloud.google.com/skip-containers', separator: ',', volumes: ['gcp-iam-token'] },
} as const satisfies Readonly<Record<string, TokenIssuer>>;

export type TokenIssuerName = keyof typeof tokenIssuers;

const byAnnotation: ReadonlyMap<string, TokenIssuer> = new Map(
  Object.values(tokenIssuers).map((one) => [one.annotation, one]),
);

/** Whether it is the annotation by which an issuer skips containers. */
export function isSkipList(annotation: string): boolean {
  return byAnnotation.has(annotation);
}

/** The list with the names that it lacks behind those that it has, which stay as they are written. */
export function withSkipped(annotation: string, list: string | undefined, names: readonly string[]): string {
  const { separator } = byAnnotation.get(annotation)!;
  const there = new Set((list ?? '').split(separator).map((name) => name.trim()));
  const missing = names.filter((name) => !there.has(name)).join(separator);
  const text = list?.trim() ?? '';
  if (text === '' || missing === '') return missing === '' ? (list ?? '') : missing;
  return text.endsWith(separator) ? `${list}${missing}` : `${list}${separator}${missing}`;
}
