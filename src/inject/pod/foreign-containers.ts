import { type JsonObject, objectOf } from '../../json/json.ts';
import type { Pod } from './pod.ts';

/** An injector of others, and the signs of its containers in a pod. */
interface Injector {
  readonly name: string;
  /** Names of the containers that keep running. Those that run once are init containers, which are given nothing. */
  readonly containers: readonly string[];
  /** Beginnings of such names. */
  readonly prefixes?: readonly string[];
  /** Annotations or labels that the injector writes or asks for; one that ends with a slash is a whole domain. */
  readonly evidence: readonly string[];
  /** Present: other containers have these names, too, so a name counts beside the evidence alone. */
  readonly ambiguous?: true;
}

/**
 * The injectors that add containers to pods, with the names and keys of their own sources (beside each). Log shippers
 * and agents that people write into their manifests by hand are no injectors: they are the pod's own.
 */
const injectors: readonly Injector[] = [
  // istio/istio manifests/charts/istio-control/istio-discovery/files/injection-template.yaml
  { name: 'Istio', containers: ['istio-proxy'], evidence: ['sidecar.istio.io/status'] },
  // linkerd/linkerd2 pkg/k8s/labels.go
  {
    name: 'Linkerd',
    containers: ['linkerd-proxy', 'linkerd-debug'],
    evidence: ['linkerd.io/proxy-version', 'linkerd.io/control-plane-ns'],
  },
  // hashicorp/consul-k8s control-plane/connect-inject; a pod of several ports has a proxy for each
  {
    name: 'Consul',
    containers: ['consul-dataplane', 'envoy-sidecar'],
    prefixes: ['consul-dataplane-', 'envoy-sidecar-'],
    evidence: ['consul.hashicorp.com/connect-inject-status'],
  },
  // kumahq/kuma app/kuma-injector/pkg/injector/metadata/annotations.go
  { name: 'Kuma', containers: ['kuma-sidecar'], evidence: ['kuma.io/sidecar-injected'] },
  // aws/aws-app-mesh-controller-for-k8s pkg/inject
  { name: 'App Mesh', containers: ['envoy'], evidence: ['appmesh.k8s.aws/'], ambiguous: true },
  { name: 'App Mesh', containers: ['xray-daemon'], evidence: ['appmesh.k8s.aws/'] },
  // hashicorp/vault-k8s agent-inject/agent/annotations.go
  { name: 'Vault', containers: ['vault-agent'], evidence: ['vault.hashicorp.com/agent-inject-status'] },
  // DataDog/datadog-agent pkg/clusteragent/admission/mutate/agent_sidecar
  { name: 'Datadog', containers: ['datadog-agent-injected'], evidence: ['agent.datadoghq.com/sidecar'] },
  // open-telemetry/opentelemetry-operator internal/naming, pkg/sidecar
  { name: 'OpenTelemetry', containers: ['otc-container'], evidence: ['sidecar.opentelemetry.io/'] },
  // dapr/dapr pkg/injector
  { name: 'Dapr', containers: ['daprd'], evidence: ['dapr.io/sidecar-injected', 'dapr.io/enabled'] },
  // GoogleCloudPlatform/cloud-sql-proxy-operator internal/workload; the other names are those of Google's own examples
  {
    name: 'Cloud SQL proxy',
    containers: ['cloud-sql-proxy', 'cloudsql-proxy', 'cloud-sql-auth-proxy'],
    prefixes: ['csql-'],
    evidence: [],
  },
  // Azure/azure-workload-identity pkg/webhook/consts.go
  {
    name: 'Azure workload identity',
    containers: ['azwi-proxy'],
    evidence: ['azure.workload.identity/inject-proxy-sidecar'],
  },
  // GoogleCloudPlatform/gcs-fuse-csi-driver pkg/webhook
  { name: 'Cloud Storage FUSE', containers: ['gke-gcsfuse-sidecar'], evidence: ['gke-gcsfuse/volumes'] },
  // jaegertracing/jaeger-operator pkg/inject/sidecar.go
  { name: 'Jaeger', containers: ['jaeger-agent'], evidence: ['sidecar.jaegertracing.io/'] },
  // knative/serving pkg/reconciler/revision/resources/queue.go
  { name: 'Knative', containers: ['queue-proxy'], evidence: ['serving.knative.dev/revision'] },
  // argoproj/argo-workflows workflow/common
  { name: 'Argo Workflows', containers: ['wait'], evidence: ['workflows.argoproj.io/'], ambiguous: true },
];

const byName: ReadonlyMap<string, Injector> = new Map(
  injectors.flatMap((injector) => injector.containers.map((name) => [name, injector] as const)),
);
const byPrefix = injectors.flatMap((injector) => (injector.prefixes ?? []).map((prefix) => ({ prefix, injector })));

/** The injector that added a container, by its name; undefined for the application's own. */
export function injectorOf(name: string, pod: Pod): string | undefined {
  const injector = byName.get(name) ?? byPrefix.find(({ prefix }) => name.startsWith(prefix))?.injector;
  if (injector === undefined) return undefined;
  return injector.ambiguous === undefined || hasEvidence(injector, pod) ? injector.name : undefined;
}

function hasEvidence({ evidence }: Injector, { metadata }: Pod): boolean {
  return [metadata.annotations, metadata.labels].some((json) => isAmong(evidence, objectOf(json) ?? {}));
}

function isAmong(evidence: readonly string[], keys: JsonObject): boolean {
  return evidence.some((sign) =>
    sign.endsWith('/') ? Object.keys(keys).some((key) => key.startsWith(sign)) : Object.hasOwn(keys, sign),
  );
}
