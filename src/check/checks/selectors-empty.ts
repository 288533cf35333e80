import type { V1LabelSelector } from '@kubernetes/client-node';
import { label, metricsPortName } from '../../contract/names.ts';
import { serviceAnnotations } from '../../contract/service-annotations.ts';
import type { KubeObject } from '../../kube/kube.ts';
import { counted } from '../../text/counted.ts';
import { podsPath, readInjected } from '../cluster/injected-pods.ts';
import { selectorText } from '../cluster/label-selector.ts';
import { get, list } from '../cluster/reading.ts';
import type { Service } from '../cluster/webhook-pods.ts';
import type { Check, Context } from '../finding/check.ts';
import { firstLines, ok, type Read, unread, warning } from '../finding/finding.ts';

const { key } = serviceAnnotations.scrape;

interface PodCounts {
  readonly pods: number;
  readonly injected: number;
}

/** Counts the pods that a selector matches, and the injected ones among them. */
async function countPods({ kube }: Context, selector: string, namespace?: string): Promise<Read<PodCounts>> {
  const pods = await list(kube, podsPath(namespace), {
    query: { labelSelector: selector },
    metadataOnly: true,
    keep: ({ metadata }) => metadata.labels?.[label.injected] === 'true',
  });
  if (!pods.ok) return { ok: false, problem: unread(pods.problem, 'list pods') };
  return { ok: true, value: { pods: pods.value.length, injected: pods.value.filter(Boolean).length } };
}

/** Services that ask for scrapes and have no injected pod. */
async function emptyServices(context: Context): Promise<Read<string[]>> {
  const services = await list(context.kube, '/api/v1/services', {
    metadataOnly: true,
    keep: ({ metadata: { annotations, namespace, name } }) =>
      annotations?.[key] === 'true' ? { namespace: namespace!, name } : undefined,
  });
  if (!services.ok) return { ok: false, problem: unread(services.problem, 'list services') };
  const lines: string[] = [];
  for (const { namespace, name } of services.value) {
    const service = await get<Service>(context.kube, `/api/v1/namespaces/${namespace}/services/${name}`);
    if (!service.ok) continue;
    const where = `Service ${namespace}/${name} is annotated ${key}`;
    const selector = selectorText({ matchLabels: service.value.spec.selector ?? {} });
    if (selector === '') {
      lines.push(`${where}, but has no selector: give it one`);
      continue;
    }
    const pods = await countPods(context, selector, namespace);
    if (!pods.ok) return pods;
    if (pods.value.pods === 0)
      lines.push(`${where}, but its selector ${selector} matches no pod: correct the selector`);
    else if (pods.value.injected === 0) {
      lines.push(
        `${where}, but has no injected pod behind it (${counted(pods.value.pods, 'pod')} not injected): annotate them`,
      );
    }
  }
  return { ok: true, value: lines };
}

interface MonitorSpec {
  readonly selector?: V1LabelSelector;
  readonly namespaceSelector?: { readonly any?: boolean; readonly matchNames?: readonly string[] };
  readonly podMetricsEndpoints?: readonly { readonly port?: string }[];
}

const monitors = [
  { kind: 'PodMonitor', of: 'pods' },
  { kind: 'ServiceMonitor', of: 'services' },
] as const;

/** PodMonitors and ServiceMonitors of ours that match nothing; none where the operator is not installed. */
async function emptyMonitors(context: Context): Promise<Read<string[]>> {
  const lines: string[] = [];
  const injected = await context.once(readInjected);
  for (const { kind, of } of monitors) {
    // Where no pod is injected yet, a PodMonitor has nothing to match.
    if (of === 'pods' && injected.ok && injected.value.length === 0) continue;
    const path = `/apis/monitoring.coreos.com/v1/${kind.toLowerCase()}s`;
    const monitorList = await list(context.kube, path, { keep: monitorOf });
    if (!monitorList.ok && monitorList.problem.code === 'not_found') continue;
    if (!monitorList.ok) return { ok: false, problem: unread(monitorList.problem, `list ${kind}s`) };
    for (const { namespace, name, spec } of monitorList.value) {
      const { any = false, matchNames = [namespace] } = spec.namespaceSelector ?? {};
      const labelSelector = selectorText(spec.selector ?? {});
      const paths = any ? [`/api/v1/${of}`] : matchNames.map((one) => `/api/v1/namespaces/${one}/${of}`);
      const matches = await Promise.all(
        paths.map((one) => list(context.kube, one, { query: { labelSelector }, metadataOnly: true, keep: () => true })),
      );
      if (matches.every((one) => one.ok && one.value.length === 0)) {
        lines.push(`${kind} ${namespace}/${name}: its selector ${labelSelector} matches none of the ${of}: correct it`);
      }
    }
  }
  return { ok: true, value: lines };
}

function monitorOf({ metadata, spec }: KubeObject) {
  const { podMetricsEndpoints = [], ...rest } = (spec ?? {}) as MonitorSpec;
  const isOurs =
    metadata.labels?.[label.component] === label.ownComponent ||
    podMetricsEndpoints.some(({ port }) => port === metricsPortName);
  return isOurs ? { namespace: metadata.namespace ?? '', name: metadata.name, spec: rest } : undefined;
}

export const selectorsEmpty: Check = {
  id: 'selectors.empty',
  title: 'Services and monitors lead to injected pods',
  category: 'pods',
  needs: ['kubernetes.reachable'],
  async run(context) {
    const [services, monitorLines] = [await emptyServices(context), await emptyMonitors(context)];
    if (!services.ok) return services.problem;
    if (!monitorLines.ok) return monitorLines.problem;
    const lines = [...services.value, ...monitorLines.value];
    if (lines.length === 0) return ok('Services and monitors lead to injected pods');
    return warning(
      `no injected pod behind ${counted(lines.length, 'selector')}, so Prometheus finds no targets there: see the ` +
        'lines below',
      firstLines(lines),
    );
  },
};
