import type { KubeResult } from '../../kube/kube.ts';
import type { Context } from '../finding/check.ts';
import type { Read } from '../finding/finding.ts';
import { get } from './reading.ts';
import { readWebhookPods, type WebhookPod } from './webhook-pods.ts';

const metricPrefix = 'metrics_sidecar_webhook_';

/** The pages of a replica, read through the API server's proxy, which the person may lack the right to use. */
export interface WebhookPage {
  readonly pod: WebhookPod;
  readonly metrics: KubeResult<string>;
  /** A problem with the reason in its message where the replica is not ready. */
  readonly readyz: KubeResult<string>;
}

export async function readPages(context: Context): Promise<Read<WebhookPage[]>> {
  const pods = await context.once(readWebhookPods);
  if (!pods.ok) return pods;
  const value = await Promise.all(
    pods.value.map(async (pod): Promise<WebhookPage> => {
      const root = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}:${pod.settings.webListenAddress.port}/proxy`;
      const [metrics, readyz] = await Promise.all([
        get<string>(context.kube, `${root}/metrics`),
        get<string>(context.kube, `${root}/readyz`),
      ]);
      return { pod, metrics, readyz };
    }),
  );
  return { ok: true, value };
}

/** The value of a webhook metric that has one series. */
export function metricOf({ metrics }: WebhookPage, name: string): number | undefined {
  const text = line(metrics, name)?.[2];
  return text === undefined ? undefined : Number(text);
}

/** The values of a webhook metric, by the text of their labels. */
export function seriesOf({ metrics }: WebhookPage, name: string): ReadonlyMap<string, number> {
  if (!metrics.ok) return new Map();
  const series = new RegExp(`^${metricPrefix}${name}\\{([^\\n]*)\\} (\\S+)$`, 'gm');
  return new Map([...metrics.value.matchAll(series)].map(([, labels, value]) => [labels!, Number(value)]));
}

/** The value of a label of a metric's first series. */
export function labelOf({ metrics }: WebhookPage, name: string, label: string): string | undefined {
  return new RegExp(`[{,]${label}="([^"]*)"`).exec(line(metrics, name)?.[1] ?? '')?.[1];
}

function line(metrics: KubeResult<string>, name: string): RegExpExecArray | undefined {
  if (!metrics.ok) return undefined;
  return new RegExp(`^${metricPrefix}${name}(\\{.*\\})? (\\S+)`, 'm').exec(metrics.value) ?? undefined;
}
