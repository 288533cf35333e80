import { fileURLToPath } from 'node:url';
import { dump, load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { scrapeJobs } from '../../../src/monitoring/scrape-jobs.ts';
import { metricNames } from '../../monitoring/promql.ts';
import { alertQueries, dashboardQueries } from '../../monitoring/queries.ts';
import { namespace as webhookNamespace, webhookPods } from '../chart.ts';
import { prometheus, type Running, startApiProxy } from '../discovery-agents.ts';
import { eventually } from '../eventually.ts';
import { apply, kubectl, must } from '../kubectl.ts';
import { troublemaker } from '../troublemaker.ts';

const namespace = 'dashboards';
const rules = fileURLToPath(new URL('../../../charts/metrics-sidecar/files/alerts.yaml', import.meta.url));

/**
 * What this cluster does not show: /proc that cannot be read, a sidecar that comes after another one of its pod, and an
 * API server that presents a client certificate.
 */
const never = new Set([
  'port_monitor_read_errors_total',
  'ingest_cold_start_baselines_total',
  'metrics_sidecar_webhook_client_certificate_expiry_timestamp_seconds',
]);

/** A query about an hour without data, which no sidecar of this cluster has lived yet. */
const anHour = /process_start_time_seconds[^>]*> 3600/;

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

/**
 * Entries named as ours that nobody answers, for what only the API server counts: calls passed over, calls that refuse.
 */
function unanswered(): object {
  const entry = (name: string, failurePolicy: string) => ({
    name,
    failurePolicy,
    clientConfig: { url: 'https://127.0.0.1:9/mutate' },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    objectSelector: { matchLabels: { unanswered: failurePolicy } },
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    timeoutSeconds: 1,
  });
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: namespace },
    webhooks: [entry('pods.metrics-sidecar.io', 'Ignore'), entry('namespaces.metrics-sidecar.io', 'Fail')],
  };
}

const marked = (label: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { generateName: 'probe-', namespace, labels: { unanswered: label } },
});

/** What only happens when somebody asks wrongly. */
async function ask(): Promise<void> {
  for (const failurePolicy of ['Ignore', 'Fail']) {
    await kubectl(['create', '-f', '-', '--dry-run=server'], JSON.stringify(marked(failurePolicy)));
  }
  const wrong = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'wrong-', namespace, annotations: { 'metrics-sidecar.io/inject': 'statds' } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: 'example.invalid/app:1' }] },
  };
  await must(['create', '-f', '-'], JSON.stringify(wrong));
  for (const pod of await webhookPods()) {
    await kubectl(['get', '--raw', `/api/v1/namespaces/${webhookNamespace}/pods/https:${pod}:10250/proxy/nothing`]);
  }
}

describe.skipIf(inject('missing'))('dashboards and alerts', () => {
  let api: Running;
  let running: Running;

  /**
   * As Grafana and the rules ask, of a Prometheus that has our own scrape config and nothing else but the API server.
   */
  async function query(expression: string): Promise<readonly { readonly metric: Readonly<Record<string, string>> }[]> {
    const response = await fetch(`${running.url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const answer = (await response.json()) as { status: string; error?: string; data: { result: [] } };
    if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error}`);
    return answer.data.result;
  }

  beforeAll(async () => {
    // What an upgrade before this file replaced would count, and take its series along.
    const ending = ['get', 'pods', '-n', webhookNamespace, '-o', 'jsonpath={.items[*].metadata.deletionTimestamp}'];
    await eventually(async () => expect((await must(ending)).out).toBe(''), 120);
    api = await startApiProxy();
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, unanswered()]);
    await apply([troublemaker('troublemaker', namespace)]);
    await must(['rollout', 'status', 'deployment/troublemaker', '-n', namespace, '--timeout=120s']);
    const jobs = load(scrapeJobs({ annotationJob: false, namespaces: [] })) as {
      kubernetes_sd_configs: object[];
    }[];
    const apiserver = { job_name: 'apiserver', static_configs: [{ targets: [new URL(api.url).host] }] };
    running = await prometheus.start(
      dump({
        global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '5s' },
        rule_files: [rules],
        scrape_configs: [
          apiserver,
          ...jobs.map((job) => ({
            ...job,
            kubernetes_sd_configs: job.kubernetes_sd_configs.map((one) => ({ ...one, api_server: api.url })),
          })),
        ],
      }),
    );
    // Twice, with a scrape between: what began with the first can be seen to grow with the second.
    await eventually(async () => {
      await ask();
      const grown = 'increase(apiserver_admission_webhook_fail_open_count{name="pods.metrics-sidecar.io"}[5m]) > 0';
      expect(await query(grown)).not.toEqual([]);
      expect(await query('metrics_sidecar_app_up == 1 and on (pod) haproxy_sidecar_up == 1')).not.toEqual([]);
      expect(await query('ingest_clients_revived_total')).not.toEqual([]);
      expect(await query('ingest_identity_conflicts_total')).not.toEqual([]);
      expect(await query('metrics_sidecar_webhook_ready == 1')).not.toEqual([]);
      expect(await query('metrics_sidecar_webhook_requests_total')).not.toEqual([]);
      expect(await query('metrics_sidecar_webhook_refused_requests_total')).not.toEqual([]);
    }, 120);
  });
  afterAll(async () => {
    await running?.stop();
    await api?.stop();
    if (process.env.KEEP !== undefined) return;
    await must(['delete', 'mutatingwebhookconfiguration', namespace, '--ignore-not-found']);
    await must(['delete', 'namespace', namespace, '--wait=false']);
  });

  test.each(dashboardQueries.map(({ of, expression }) => [of, expression]))('%s', async (_, expression) => {
    if (anHour.test(expression) || [...metricNames(expression)].some((name) => never.has(name))) return;
    await eventually(async () => expect(await query(expression), expression).not.toEqual([]), 20);
  });

  test.each(alertQueries.map(({ of, expression }) => [of, expression]))('%s can be asked', async (_, expression) => {
    await query(expression);
    const shown = [...metricNames(expression)].filter((name) => !never.has(name));
    for (const name of shown) await eventually(async () => expect(await query(name), name).not.toEqual([]), 20);
  });

  test('Prometheus evaluates every rule', async () => {
    await eventually(async () => {
      const response = await fetch(`${running.url}/api/v1/rules`);
      const { data } = (await response.json()) as { data: { groups: { rules: Rule[] }[] } };
      const found = data.groups.flatMap((group) => group.rules);
      expect(found.map(({ name }) => name).sort()).toEqual(alertQueries.map(({ of }) => of).sort());
      expect(
        found.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => `${name}: ${lastError}`),
      ).toEqual([]);
    });
  });

  test('one target a pod, with the names that dashboards choose by', async () => {
    const found = await query(`up{namespace="${namespace}"}`);
    expect(found.map(({ metric }) => metric)).toEqual([
      expect.objectContaining({ job: 'metrics-sidecars', namespace, container: 'metrics-sidecar' }),
    ]);
    expect(found[0]!.metric).toMatchObject({ pod: expect.stringMatching(/^troublemaker-/), node: expect.any(String) });
  });
});
