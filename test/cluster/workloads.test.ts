import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { deployment, template } from './apps.ts';
import { eventually } from './eventually.ts';
import { apply, get, kubectl, must, type Pod, pods } from './kubectl.ts';

const namespace = 'workloads';
const asks = { 'metrics-sidecar.io/inject': 'statsd' };
const app = (name: string, annotations: Record<string, string> = asks) => ({
  name,
  namespace,
  annotations,
  programs: ['idle'] as const,
});

const names = ({ spec }: Pod) =>
  [...(spec.initContainers ?? []), ...spec.containers].map((container) => container.name);

function job(name: string): {
  metadata: object;
  spec: { template: { spec: { containers: [{ command: string[] }] } } };
} {
  const body = structuredClone(template(app(name))) as {
    spec: { restartPolicy?: string; containers: [{ command: string[] }] };
  };
  body.spec.restartPolicy = 'Never';
  body.spec.containers[0].command = ['node', '-e', 'setTimeout(() => console.log("done"), 500)'];
  return { metadata: { name, namespace }, spec: { template: body } };
}

describe.skipIf(inject('missing'))('workloads', () => {
  beforeAll(async () => {
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  });
  afterAll(() => must(['delete', 'namespace', namespace, '--wait=false']));

  test('a Job with a sidecar completes', async () => {
    await apply([{ apiVersion: 'batch/v1', kind: 'Job', ...job('import') }]);
    await must(['wait', '--for=condition=complete', 'job/import', '-n', namespace, '--timeout=90s']);
    const [pod] = await pods(namespace, 'app=import');
    expect(names(pod!)).toEqual(['metrics-sidecar', 'app']);
    expect(pod!.status.phase).toBe('Succeeded');
  });

  test.each(['StatefulSet', 'DaemonSet'])("a %s's pods are injected", async (kind) => {
    const name = kind.toLowerCase();
    const spec = { selector: { matchLabels: { app: name } }, template: template(app(name)) };
    await apply([
      {
        apiVersion: 'apps/v1',
        kind,
        metadata: { name, namespace },
        spec: kind === 'StatefulSet' ? { serviceName: name, ...spec } : spec,
      },
    ]);
    await must(['rollout', 'status', `${name}/${name}`, '-n', namespace, '--timeout=90s']);
    const [pod] = await pods(namespace, `app=${name}`);
    expect(names(pod!)).toEqual(['metrics-sidecar', 'app']);
  });

  test("a CronJob's Job is injected and completes", async () => {
    const { spec } = job('nightly');
    await apply([
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'nightly', namespace },
        spec: { schedule: '0 3 * * *', jobTemplate: { spec } },
      },
    ]);
    await must(['create', 'job', 'nightly-now', '--from=cronjob/nightly', '-n', namespace]);
    await must(['wait', '--for=condition=complete', 'job/nightly-now', '-n', namespace, '--timeout=90s']);
    expect(names((await pods(namespace, 'app=nightly'))[0]!)).toEqual(['metrics-sidecar', 'app']);
  });

  test('the sidecar holds no API token, the application keeps its own', async () => {
    const { spec } = template(app('asks')) as Pod;
    await apply([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'asks', namespace, annotations: asks }, spec }]);
    await must(['wait', '--for=condition=Ready', 'pod/asks', '-n', namespace, '--timeout=90s']);
    const list = (node: string) => [
      node,
      '-p',
      "fs.readdirSync('/var/run/secrets/kubernetes.io/serviceaccount').sort().join()",
    ];
    const inside = (container: string, node: string) =>
      must(['exec', 'asks', '-n', namespace, '-c', container, '--', ...list(node)]);
    expect((await inside('metrics-sidecar', '/nodejs/bin/node')).out.trim()).toBe('');
    expect((await inside('app', 'node')).out).toContain('token');
  });

  test('a bad annotation: the pod runs without a sidecar, and says why to kubectl and on itself', async () => {
    const annotations = { 'metrics-sidecar.io/inject': 'statd', 'statsd.metrics-sidecar.io/udp-prot': '80' };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bad', namespace, annotations },
      spec: (template(app('bad')) as Pod).spec,
    };
    const { err } = await apply([pod]);
    expect(err).toMatch(/Warning: .*"statd" is not a kind.*did you mean "statsd"/);
    expect(err).toMatch(/Warning: .*udp-prot.*did you mean/);
    await must(['wait', '--for=condition=Ready', 'pod/bad', '-n', namespace, '--timeout=90s']);
    const admitted = await get('pod', 'bad', namespace);
    expect(names(admitted)).toEqual(['app']);
    expect(admitted.metadata.annotations!['metrics-sidecar.io/status']).toContain('did you mean');
    expect(admitted.metadata.labels ?? {}).not.toHaveProperty(['metrics-sidecar.io/injected']);
  });

  test('required: the pod is refused, and kubectl prints every problem', async () => {
    const annotations = {
      'metrics-sidecar.io/inject': 'statsd',
      'metrics-sidecar.io/required': 'true',
      'statsd.metrics-sidecar.io/udp-port': 'eighty',
    };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'strict', namespace, annotations },
      spec: (template(app('strict')) as Pod).spec,
    };
    const { code, err } = await kubectl(['apply', '-f', '-'], JSON.stringify(pod));
    expect(code).not.toBe(0);
    expect(err).toContain('"eighty" is not a port, 1 to 65535');
  });

  test('whoever applies a Deployment with the annotation at the wrong level is told', async () => {
    const wrong = deployment(app('wrong-level', {}));
    const { err } = await apply([{ ...wrong, metadata: { ...wrong.metadata, annotations: asks } }]);
    expect(err).toMatch(/Warning: .*metrics-sidecar\.io\/inject.*belongs in the metadata of the pod template/);
  });

  test('kubectl delete pod ends within the grace period, and the sidecar exits with 0', async () => {
    // A finalizer keeps the deleted pod in sight, so that its last state can be read.
    const { metadata, spec } = {
      metadata: { name: 'leaver', namespace, annotations: asks, finalizers: ['metrics-sidecar.io/test'] },
      spec: (template(app('leaver')) as Pod).spec,
    };
    await apply([{ apiVersion: 'v1', kind: 'Pod', metadata, spec }]);
    await must(['wait', '--for=condition=Ready', 'pod/leaver', '-n', namespace, '--timeout=90s']);
    const began = Date.now();
    await must(['delete', 'pod', 'leaver', '-n', namespace, '--wait=false']);
    const ended = await eventually(async () => {
      const pod = await get('pod', 'leaver', namespace);
      const state = pod.status.initContainerStatuses?.[0]?.state.terminated;
      expect(state).toBeDefined();
      return state!;
    }, 40);
    await must(['patch', 'pod', 'leaver', '-n', namespace, '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
    expect(ended.exitCode).toBe(0);
    expect(Date.now() - began).toBeLessThan(20_000);
  });
});
