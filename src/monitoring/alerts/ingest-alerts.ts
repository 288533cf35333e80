import { type AlertGroup, grew } from './alert.ts';
import { perPod, pod } from './pod-labels.ts';

export const ingestAlerts: AlertGroup = {
  name: 'metrics-sidecar-ingest',
  alerts: [
    {
      name: 'MetricsSidecarIngestRefused',
      severity: 'warning',
      for: '15m',
      expression: `${perPod('rate(ingest_pushes_total{outcome="rejected"}[10m])')}\n  / ${perPod('rate(ingest_pushes_total[10m])')} > 0.05`,
      summary: `${pod} refuses {{ $value | humanizePercentage }} of the pushes.`,
      description: 'A push is accepted or refused as a whole. The answer names the problem and its place.',
    },
    {
      name: 'MetricsSidecarIngestSharedIdentity',
      severity: 'warning',
      for: '5m',
      expression: `${perPod(grew('ingest_identity_conflicts_total', '30m'))} > 0`,
      summary: `Two processes push to ${pod} under one name.`,
      description:
        'Each looks like the restart of the other, so their counters rise too fast. The log of the sidecar has the name.',
    },
  ],
};
