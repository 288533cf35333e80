import { readGroup } from '../cluster/api-groups.ts';
import type { Check } from '../finding/check.ts';
import { ok } from '../finding/finding.ts';

const styles = [
  { group: 'monitoring.coreos.com', style: 'PodMonitor and PrometheusRule (prometheus.discovery=podMonitor)' },
  { group: 'monitoring.googleapis.com', style: 'Google managed Prometheus (PodMonitoring)' },
] as const;

/**
 * The styles of discovery that the chart can use. Two of them need nothing of the cluster, so the check is always ok.
 */
export const discoveryStyles: Check = {
  id: 'discovery.styles',
  title: 'ways for Prometheus to find the pods',
  category: 'prometheus',
  needs: ['kubernetes.reachable'],
  async run(context) {
    const groups = await Promise.all(
      styles.map(async ({ group, style }) => ({ style, read: await readGroup(context, group) })),
    );
    const unreadable = groups.find(({ read }) => !read.ok);
    if (unreadable !== undefined && !unreadable.read.ok) return unreadable.read.problem;
    const served = groups.filter(({ read }) => read.ok && read.value.length > 0).map(({ style }) => style);
    return ok(['prometheus.io annotations', 'a scrape job (metrics-sidecar scrape-config)', ...served].join(', '));
  },
};

/** The ways to get a certificate; the webhook's own authority needs nothing of the cluster. */
export const certificateStyles: Check = {
  id: 'certificates.styles',
  title: 'ways to get a certificate for the webhook',
  category: 'installation',
  needs: ['kubernetes.reachable'],
  async run(context) {
    const group = await readGroup(context, 'cert-manager.io');
    if (!group.ok) return group.problem;
    const more = group.value.includes('v1') ? ', cert-manager' : ' (cert-manager is not in the cluster)';
    return ok(`the webhook's own authority, your own Secret${more}`);
  },
};
