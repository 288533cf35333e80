import { podEntries } from '../promql/webhook-entries.ts';
import type { AlertGroup } from './alert.ts';
import { grew } from './alert.ts';

const own = (metric: string) => `metrics_sidecar_webhook_${metric}`;
const p99 = (path: string) =>
  `histogram_quantile(0.99, sum by (cluster, namespace, path, le) (rate(${own('request_duration_seconds_bucket')}{path="${path}"}[5m])))`;
const failOpen = `apiserver_admission_webhook_fail_open_count{name=~"${podEntries}"}`;
const notInjected = `${own('requests_total')}{path="mutate",kind="Pod",dry_run="false",outcome=~"invalid|skipped|denied"}`;

export const webhookAlerts: AlertGroup = {
  name: 'metrics-sidecar-injector',
  alerts: [
    {
      name: 'MetricsSidecarInjectorDown',
      severity: 'critical',
      for: '5m',
      // Each of several clusters in one store has its own answer; only its own store sees one without any series.
      expression: `max by (cluster) (${own('ready')}) == 0 or absent(${own('ready')} == 1)`,
      summary: 'No replica of the metrics-sidecar webhook is ready.',
      description:
        'Pods that ask for a sidecar are created without it (failurePolicy Ignore) or refused (Fail, and pods that say required). Or Prometheus does not scrape the webhook.',
    },
    {
      name: 'MetricsSidecarInjectorNotReady',
      severity: 'warning',
      for: '15m',
      expression: `max by (cluster, namespace, pod) (${own('ready')}) == 0`,
      summary: 'The webhook replica {{ $labels.namespace }}/{{ $labels.pod }} is not ready.',
      description: 'It runs and gets no calls; /readyz says why. The other replicas get its calls.',
    },
    {
      name: 'MetricsSidecarCertificateExpires',
      severity: 'critical',
      for: '1h',
      expression: `min by (cluster, namespace, pod) (${own('certificate_expiry_timestamp_seconds')}) - time() < 7 * 86400`,
      summary:
        'The serving certificate of {{ $labels.namespace }}/{{ $labels.pod }} expires in {{ $value | humanizeDuration }}.',
      description:
        'It should have been renewed long ago. Once it has expired the API server no longer calls the webhook.',
    },
    {
      name: 'MetricsSidecarAuthorityExpires',
      severity: 'warning',
      for: '1h',
      expression: `min by (cluster, namespace) (${own('authority_expiry_timestamp_seconds')}) - time() < 30 * 86400`,
      summary: 'The authority of the webhook in {{ $labels.namespace }} expires in {{ $value | humanizeDuration }}.',
      description: 'A new one should have taken over when a third of its time was left.',
    },
    {
      name: 'MetricsSidecarCaBundleOutOfSync',
      severity: 'critical',
      for: '10m',
      expression: `min by (cluster, namespace, pod) (${own('ca_bundle_synced')}) == 0`,
      summary: 'caBundle does not verify the certificate of {{ $labels.namespace }}/{{ $labels.pod }}.',
      description: 'The API server refuses its certificate; the replica is not ready until they fit again.',
    },
    {
      name: 'MetricsSidecarClientCertificateExpires',
      severity: 'critical',
      for: '1h',
      expression: `min by (cluster, namespace) (${own('client_certificate_expiry_timestamp_seconds')}) - time() < 7 * 86400`,
      summary:
        'The client certificate that an API server presents to the webhook in {{ $labels.namespace }} expires in {{ $value | humanizeDuration }}.',
      description:
        'Once it has expired, the webhook refuses that API server, and pods run without a sidecar or are refused.',
    },
    {
      name: 'MetricsSidecarCallersRefused',
      severity: 'warning',
      for: '5m',
      expression: `sum by (cluster, namespace) (increase(${own('refused_requests_total')}{code=~"client_.+"}[15m])) > 2\nunless on (cluster, namespace) sum by (cluster, namespace) (increase(${own('requests_total')}[15m])) > 0`,
      summary:
        'The webhook in {{ $labels.namespace }} refused {{ printf "%.0f" $value }} callers for their client certificates in 15 minutes, and answered no review.',
      description:
        'The usual cause is an API server without a client certificate, or with one that webhook.clientCA does not cover: pods run without a sidecar or are refused.',
    },
    {
      name: 'MetricsSidecarTlsErrors',
      severity: 'warning',
      for: '5m',
      expression: `sum by (cluster, namespace) (increase(${own('tls_handshake_errors_total')}[15m])) > 5`,
      summary:
        '{{ printf "%.0f" $value }} TLS connections to the webhook in {{ $labels.namespace }} failed in 15 minutes.',
      description:
        'The usual cause is a caBundle that does not verify the certificate; or something other than an API server calls the port.',
    },
    {
      name: 'MetricsSidecarAdmissionErrors',
      severity: 'warning',
      for: '5m',
      expression: `sum by (cluster, namespace) (\n  ${grew(`${own('requests_total')}{outcome="error"}`, '15m')}\n  or ${grew(own('refused_requests_total'), '15m')}\n) > 0`,
      summary:
        'The webhook in {{ $labels.namespace }} could not answer {{ printf "%.0f" $value }} requests in 15 minutes.',
      description:
        'An error of the webhook, or requests that were incomplete, too large or no review. Their pods run without a sidecar.',
    },
    {
      name: 'MetricsSidecarAdmissionSlow',
      severity: 'warning',
      for: '10m',
      expression: `${p99('mutate')} > 2.5\nor ${p99('lint')} > 1.5`,
      summary:
        'The webhook in {{ $labels.namespace }} takes {{ $value | humanizeDuration }} (p99, {{ $labels.path }}).',
      description:
        'That is more than half of the time that the API server waits (5 s, 3 s for lint). After it, the API server goes on without an answer.',
    },
    {
      name: 'MetricsSidecarPodsMissed',
      severity: 'warning',
      for: '15m',
      expression: `max by (cluster, namespace) (${own('missed_pods')}) > 0`,
      summary: '{{ $value }} running pods ask for a sidecar and have none.',
      description:
        'They were created while the webhook could not be reached. They have no sidecar until they are created again.',
    },
    {
      name: 'MetricsSidecarAdmissionFailedOpen',
      severity: 'warning',
      for: '5m',
      expression: `sum by (cluster, name) (\n  (increase(${failOpen}[15m]) > 0)\n  or (${failOpen} unless ${failOpen} offset 15m) and on (cluster, job, instance) up offset 15m\n) > 0`,
      summary: 'The API server admitted {{ printf "%.0f" $value }} pods without {{ $labels.name }} in 15 minutes.',
      description:
        'It could not reach the webhook or got no answer in time, and failurePolicy is Ignore. They run without a sidecar.',
    },
    {
      name: 'MetricsSidecarPodsNotInjected',
      severity: 'warning',
      for: '15m',
      expression: `sum by (cluster, namespace, outcome) (${grew(notInjected, '1h')}) > 0`,
      summary: '{{ printf "%.0f" $value }} pods that asked for a sidecar in the last hour were {{ $labels.outcome }}.',
      description:
        'Their annotations are wrong, or a rule forbids it. The annotation metrics-sidecar.io/status of each pod has the reason, and its owner has an Event.',
    },
    {
      name: 'MetricsSidecarReloadFailed',
      severity: 'warning',
      for: '15m',
      expression: `min by (cluster, namespace, pod, what) (${own('last_reload_successful')}) == 0`,
      summary: '{{ $labels.namespace }}/{{ $labels.pod }} cannot use its new {{ $labels.what }}.',
      description:
        'The file is wrong; the previous version stays in use until it is corrected. A replica that started with a wrong settings file uses built-in defaults and is not ready. The log of the webhook names the problem.',
    },
    {
      name: 'MetricsSidecarClusterUnknown',
      severity: 'warning',
      for: '15m',
      expression: `min by (cluster, namespace, pod, resource) (${own('cluster_synced')}) == 0\nor time() - max by (cluster, namespace, pod, resource) (${own('cluster_last_contact_timestamp_seconds')}) > 900`,
      summary: '{{ $labels.namespace }}/{{ $labels.pod }} does not know the {{ $labels.resource }} of the cluster.',
      description:
        'The API server does not answer its watch, or refuses it. The replica decides by the last state that it read.',
    },
    {
      name: 'MetricsSidecarBackgroundFailing',
      severity: 'warning',
      for: '15m',
      expression: `sum by (cluster, namespace, pod, work) (increase(${own('background_failures_total')}[1h])) > 2`,
      summary:
        'Background work ({{ $labels.work }}) of {{ $labels.namespace }}/{{ $labels.pod }} failed {{ printf "%.0f" $value }} times in an hour.',
      description:
        'A bug of the webhook: the log has the stack, please report it. Pods get their sidecars meanwhile; the results of the work are missing or old.',
    },
    {
      name: 'MetricsSidecarClockSkew',
      severity: 'warning',
      for: '10m',
      expression: `max by (cluster, namespace, pod) (abs(${own('clock_skew_seconds')})) > 60`,
      summary:
        "The clock of {{ $labels.namespace }}/{{ $labels.pod }} and the API server's are {{ $value | humanizeDuration }} apart.",
      description:
        'One of the two is wrong. This replica issues no certificate until they agree. By the wrong clock, certificates of other replicas can be not yet valid, or expired.',
    },
  ],
};
