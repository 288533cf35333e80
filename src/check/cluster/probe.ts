import { label } from '../../contract/names.ts';
import { injectAnnotation } from '../../kinds/annotations.ts';
import type { KubeProblem } from '../../kube/kube.ts';
import type { Context } from '../finding/check.ts';
import { error, type Read, skipped, unread } from '../finding/finding.ts';
import { readInstallation } from './installation.ts';
import { selects } from './label-selector.ts';
import { type PodRecord, podRecord } from './pod-record.ts';
import { get } from './reading.ts';

/** A pod that no quota and no level of Pod Security refuses: it conforms to `restricted` and has resources. */
function probe(namespace: string) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: 'metrics-sidecar-check-',
      namespace,
      annotations: { [injectAnnotation.inject.key]: 'port-monitor' },
    },
    spec: {
      restartPolicy: 'Always',
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'app',
          image: 'registry.k8s.io/pause:3.10',
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '10m', memory: '16Mi' } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}

/** Creates a pod that asks as a dry run, of which the API server stores nothing, and reads the pod that comes back. */
export async function readProbe(context: Context): Promise<Read<PodRecord>> {
  const { kube, namespace } = context;
  const answer = await kube.request<Parameters<typeof podRecord>[0]>({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/pods`,
    query: { dryRun: 'All' },
    body: probe(namespace),
    // The API server waits up to 30 s for a webhook, and there can be several.
    timeout: 60_000,
  });
  if (!answer.ok) return { ok: false, problem: refusedFinding(answer.problem, namespace) };
  const pod = podRecord(answer.value);
  if (pod.labels[label.injected] === 'true') return { ok: true, value: pod };
  const reasons = pod.status?.injected === false ? pod.status.reasons : answer.warnings;
  if (reasons.length > 0) {
    const message = `the webhook does not inject a pod that asks in namespace ${namespace}: ${reasons.join('; ')}`;
    return { ok: false, problem: error(message) };
  }
  return { ok: false, problem: error(await whyNotCalled(context)) };
}

function refusedFinding(problem: KubeProblem, namespace: string) {
  const { code, message } = problem;
  // Admission plugins answer 403 too; the authorizer's message has "cannot create resource".
  if (code === 'forbidden' && /cannot create resource/.test(message)) return unread(problem, 'create pods');
  if (code === 'not_found') return error(`namespace ${namespace} does not exist: name another with --namespace`);
  if (/does not support dry run/.test(message)) {
    return skipped(`another webhook refuses every dry run: ${message}`);
  }
  if (/failed calling webhook/.test(message)) {
    return error(
      `the API server cannot call a webhook for a pod in namespace ${namespace}; see webhook.reachable, ` +
        `webhook.ca-bundle and webhook.client-ca: ${message}`,
    );
  }
  if (code === 'forbidden' || code === 'invalid') {
    return error(
      `a policy refuses a pod with a sidecar in namespace ${namespace}: change the policy, or name another namespace ` +
        `with --namespace: ${message}`,
    );
  }
  return unread(problem, `create a pod in namespace ${namespace} as a dry run`);
}

async function whyNotCalled(context: Context): Promise<string> {
  const { kube, namespace } = context;
  const installed = await context.once(readInstallation);
  const answer = await get<{ readonly metadata: { readonly labels?: Readonly<Record<string, string>> } }>(
    kube,
    `/api/v1/namespaces/${namespace}`,
  );
  const labels = answer.ok ? (answer.value.metadata.labels ?? {}) : undefined;
  const selector = installed.ok ? installed.value.pods.namespaceSelector : undefined;
  if (labels !== undefined && selector !== undefined && !selects(selector, labels)) {
    return (
      `namespace ${namespace} is excluded by the namespaceSelector of the webhook, so its pods are never ` +
      `injected: name another with --namespace, or change the chart's values`
    );
  }
  return (
    `a pod that asks in namespace ${namespace} comes back without a sidecar: the API server did not call the ` +
    'webhook, or got no answer in time and ignored that (failurePolicy Ignore); see webhook.reachable, ' +
    'webhook.ca-bundle and webhook.client-ca'
  );
}
