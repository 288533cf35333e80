import { boolean, listOf, oneOf, optional, port } from '../flags/codecs.ts';
import { image, quantity } from '../flags/kubernetes-codecs.ts';
import { annotations, setting } from './annotation.ts';
import { containerNames, jsonPatch, noLimit, quantityOrNone } from './annotation-codecs.ts';
import { sidecarFlags } from './sidecar.ts';

const pullPolicies = ['Always', 'IfNotPresent', 'Never'] as const;
type PullPolicy = (typeof pullPolicies)[number];

/** The CPU limit of a container of ours where the namespace demands one and no setting gives one. */
export const demandedCpuLimit = '500m';
/** The same where a ResourceQuota counts limits: each sidecar takes so much of what the applications share. */
export const quotaCpuLimit = '200m';

/** The settings of a container of ours; `what` names it in their sentences. */
export function containerSettings(what: string, standard: { image: string; memory: string; guaranteedCpu: string }) {
  return {
    image: setting({
      codec: image,
      default: standard.image,
      doc: `The image of ${what}.`,
      example: standard.image,
    }),
    'image-pull-policy': setting({
      codec: optional(oneOf(...pullPolicies)),
      default: undefined as PullPolicy | undefined,
      doc: `The pull policy of ${what}; without it Kubernetes decides by the tag.`,
      example: 'IfNotPresent',
    }),
    'cpu-request': setting({ codec: quantity, default: '10m', doc: `The CPU that ${what} requests.`, example: '20m' }),
    'cpu-limit': setting({
      codec: quantityOrNone,
      default: noLimit,
      doc: `The most CPU that ${what} may use; none: as much as the node has left, unless the namespace demands a limit.`,
      example: '200m',
    }),
    'guaranteed-cpu': setting({
      codec: quantity,
      default: standard.guaranteedCpu,
      doc: `The CPU that ${what} requests and may use in a Guaranteed pod, where requests equal limits; at most cpu-limit.`,
      example: '100m',
    }),
    'memory-request': setting({
      codec: quantity,
      default: standard.memory === '128Mi' ? '64Mi' : '32Mi',
      doc: `The memory that ${what} requests.`,
      example: '64Mi',
    }),
    'memory-limit': setting({
      codec: quantity,
      default: standard.memory,
      doc: `The most memory that ${what} may use.`,
      example: '256Mi',
    }),
  };
}

/** The name of our own image; the version is that of the program that injects it. */
export const imageRepository = 'ghcr.io/metrics-sidecar/metrics-sidecar';

export const sidecarAnnotations = annotations('sidecar', {
  ...containerSettings('the sidecar', { image: imageRepository, memory: '128Mi', guaranteedCpu: '50m' }),
  'log-level': setting({
    codec: sidecarFlags.logLevel.codec,
    default: sidecarFlags.logLevel.default,
    doc: sidecarFlags.logLevel.doc,
    example: 'debug',
    flag: sidecarFlags.logLevel.name,
  }),
  'metrics-port': setting({
    codec: port,
    default: sidecarFlags.webListenAddress.default.port,
    doc: 'The port of the metrics page. Where it was not set and is taken, the next free one is used.',
    example: '9102',
    flag: sidecarFlags.webListenAddress.name,
  }),
  native: setting({
    codec: oneOf('auto', 'true', 'false'),
    default: 'auto' as 'auto' | 'true' | 'false',
    doc: 'Whether the sidecar is a native one (an init container that keeps running); auto: where the cluster supports it.',
    example: 'false',
  }),
  env: setting({
    codec: boolean,
    default: true,
    doc: 'Tell the containers of the application by environment variables where to send.',
    example: 'false',
  }),
  containers: setting({
    codec: optional(containerNames),
    default: undefined as readonly string[] | undefined,
    doc: 'The containers that get variables, mounts and changed probes, init containers too; without it all but init containers and those of other injectors.',
    example: 'app,worker',
    ofOneApplication: true,
  }),
  'merge-app-metrics': setting({
    codec: boolean,
    default: false,
    doc: "Serve the application's own metrics page (its prometheus.io annotations) merged into the sidecar's.",
    example: 'true',
    flag: sidecarFlags.mergeAppUrl.name,
  }),
  'mesh-bypass': setting({
    codec: listOf(oneOf('istio', 'linkerd')),
    default: [] as readonly ('istio' | 'linkerd')[],
    doc: "The meshes whose proxies leave the metrics port alone, so that a Prometheus outside of the mesh can scrape it under strict mTLS: it is added to the mesh's list of ports to skip.",
    example: 'istio',
  }),
  'token-issuers': setting({
    codec: listOf(oneOf('aws', 'azure', 'gcp')),
    default: [] as readonly ('aws' | 'azure' | 'gcp')[],
    doc: "Webhooks that mount tokens of their own into every container (EKS, Azure and Google Cloud workload identity): their skip annotations name the sidecar's containers. A pod that shows such a webhook needs no setting.",
    example: 'aws',
  }),
  required: setting({
    codec: boolean,
    default: false,
    doc: 'Refuse the pod rather than run it without the sidecar, also while no webhook answers.',
    example: 'true',
  }),
  'container-patch': setting({
    codec: optional(jsonPatch),
    default: undefined as readonly object[] | undefined,
    doc: "A JSON Patch (RFC 6902) on the sidecar's container before it is added: for what no other setting says.",
    example: '[{"op":"add","path":"/securityContext/runAsUser","value":1000}]',
  }),
});
