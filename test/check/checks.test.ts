import { afterEach, beforeEach, expect, test } from 'vitest';
import { installedChecks, preChecks } from '../../src/check/checks.ts';
import type { CheckResult } from '../../src/check/finding/check.ts';
import { runChecks } from '../../src/check/run-checks.ts';
import { allChecks } from './all-checks.ts';
import { startCluster, type TestCluster } from './cluster.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.stop());

const lines = (results: readonly CheckResult[]) =>
  results.map(({ id, result, message }) => `${id} ${result}: ${message.replace(/127\.0\.0\.1:\d+/, 'SERVER')}`);

test('an installation that is right', async () => {
  const results = await runChecks(installedChecks, cluster.context());
  expect(lines(results)).toMatchInlineSnapshot(`
    [
      "kubernetes.reachable ok: http://SERVER answers",
      "kubernetes.version ok: Kubernetes v1.35.4",
      "rbac.self ok: you have the rights that the checks need",
      "webhook.configuration ok: metrics-sidecar: pods.metrics-sidecar.io; failurePolicy Ignore",
      "webhook.service ok: Service metrics-sidecar/metrics-sidecar, port 443",
      "webhook.endpoints ok: 2 pods ready",
      "webhook.reachable ok: the API server reaches Service metrics-sidecar/metrics-sidecar",
      "certificates.cert-manager skipped: the certificate is not from cert-manager",
      "webhook.certificate ok: valid until 2026-08-28, for metrics-sidecar.metrics-sidecar.svc",
      "webhook.ca-bundle ok: caBundle verifies the certificate in Secret metrics-sidecar/metrics-sidecar-certs",
      "webhook.rbac ok: service account metrics-sidecar/metrics-sidecar has the rights for all 29 calls of the webhook",
      "webhook.version ok: version 1.2.3",
      "webhook.injects ok: a dry run in namespace default adds the sidecar ghcr.io/metrics-sidecar/metrics-sidecar:1.2.3",
      "webhook.client-ca ok: the webhook asks for no client certificate (webhook.clientCA)",
      "webhook.missed ok: every pod that asks has its sidecar",
      "workloads.wrong-level ok: no workload has annotations of metrics-sidecar at the wrong level",
      "sidecars.outdated ok: 1 injected pod, none outdated",
      "selectors.empty ok: Services and monitors lead to injected pods",
      "services.route ok: Services that ask for HAProxy lead through it",
      "prometheus.targets skipped: name a Prometheus with --prometheus to check its targets",
    ]
  `);
});

test('a cluster without an installation', async () => {
  cluster.api.remove('/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/metrics-sidecar');
  const results = await runChecks(preChecks, cluster.context());
  expect(lines(results)).toMatchInlineSnapshot(`
    [
      "kubernetes.reachable ok: http://SERVER answers",
      "kubernetes.version ok: Kubernetes v1.35.4",
      "kubernetes.match-conditions ok: matchConditions are supported",
      "kubernetes.native-sidecars ok: native sidecars on 1 node",
      "install.permissions ok: you may install the chart in namespace metrics-sidecar",
      "install.pod-security ok: namespace metrics-sidecar enforces no level of Pod Security",
      "install.conflict ok: metrics-sidecar is not installed yet",
      "install.other-webhooks ok: none",
      "certificates.styles ok: the webhook's own authority, your own Secret (cert-manager is not in the cluster)",
      "discovery.styles ok: prometheus.io annotations, a scrape job (metrics-sidecar scrape-config)",
    ]
  `);
});

test('ids are dotted words, each once; a need is an earlier check of the same table', () => {
  const ids = allChecks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/.test(id))).toEqual([]);
  for (const table of [preChecks, installedChecks]) {
    for (const [i, { needs }] of table.entries()) {
      expect(table.slice(0, i).map(({ id }) => id)).toEqual(expect.arrayContaining([...needs]));
    }
  }
});
