import { path, running, type TestCluster, webPod } from './cluster.ts';

/** The cluster is of this version. */
export const versioned =
  (gitVersion: string) =>
  ({ answers }: TestCluster) =>
    void answers.set('/version', { status: 200, body: { gitVersion } });

type PodOptions = Parameters<typeof webPod>[1];

/** Adds a pod of Deployment web that runs. */
export const addPod =
  (name: string, more?: PodOptions) =>
  ({ api }: TestCluster) => {
    const pod = webPod(name, more);
    const { namespace } = pod.metadata as { namespace: string };
    api.put(path.pod(name, namespace), running(pod));
  };

/** The path of a replica's metrics behind the API server's proxy. */
export const metricsPath = (name: string) => `${path.webhookPod(`metrics-sidecar-${name}`)}:9102/proxy/metrics`;

/** Sets a field of the webhook entry for pods. */
export const setEntry = (field: string, value: unknown) => (cluster: TestCluster) =>
  cluster.set(path.mutating, `webhooks/0/${field}`, value);
