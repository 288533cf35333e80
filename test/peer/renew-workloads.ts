/** 200 workloads of the three kinds, with the update strategies that people write. */

export interface TestWorkload {
  /** Label `app` of its pods. */
  readonly app: string;
  readonly pods: number;
  readonly path: string;
  readonly object: object;
}

const strategies = [
  undefined,
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '50%', maxSurge: '25%' } },
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '100%' } },
  { type: 'Recreate' },
] as const;

export const namespaces = ['shop', 'billing', 'search', 'kube-extra'] as const;

function template(app: string): object {
  return {
    metadata: { labels: { app }, annotations: { 'metrics-sidecar.io/inject': 'port-monitor' } },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image: 'example.test/app:1' }] },
  };
}

/** @param nodes the pods of a DaemonSet */
export function testWorkloads(count: number, nodes: number): readonly TestWorkload[] {
  return Array.from({ length: count }, (_, i): TestWorkload => {
    const app = `app-${String(i).padStart(3, '0')}`;
    const common = { selector: { matchLabels: { app } }, template: template(app) };
    const at = (kind: string) => `/apis/apps/v1/namespaces/${namespaces[i % namespaces.length]!}/${kind}`;
    const object = (kind: string, spec: object) => ({ apiVersion: 'apps/v1', kind, metadata: { name: app }, spec });
    if (i % 10 === 9) {
      return { app, pods: nodes, path: at('daemonsets'), object: object('DaemonSet', common) };
    }
    const replicas = 1 + (i % 3);
    if (i % 10 >= 7) {
      const policy = i % 20 === 8 ? 'Parallel' : 'OrderedReady';
      const spec = { ...common, replicas, serviceName: app, podManagementPolicy: policy };
      return { app, pods: replicas, path: at('statefulsets'), object: object('StatefulSet', spec) };
    }
    const strategy = strategies[i % strategies.length];
    const spec = { ...common, replicas, ...(strategy !== undefined && { strategy }) };
    return { app, pods: replicas, path: at('deployments'), object: object('Deployment', spec) };
  });
}
