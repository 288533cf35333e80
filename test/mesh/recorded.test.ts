import { describe, expect, test } from 'vitest';
import { injectPod } from '../../src/inject/inject.ts';
import { uninjectPod } from '../../src/inject/uninject/uninject.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../../src/json/json.ts';
import { facts, settings } from '../inject/cluster.ts';
import { annotationsOf, codes, containers, patched, statusOf } from '../inject/pods.ts';
import { asIstio } from './istio.ts';
import { pods, type Recorded, recordings } from './recorded.ts';

const inject = (pod: JsonObject) => injectPod({ pod, facts: facts(), settings: settings() });
const port = 'prometheus.io/port';
const names = (pod: JsonObject) =>
  (['initContainers', 'containers'] as const).map((list) => containers(pod, list).map(({ name }) => name));

/** The page that Istio's agent fetches, as the injector tells it. */
function mergedPage(pod: JsonObject): string | undefined {
  const proxy = names(pod).flat().includes('istio-proxy')
    ? [...containers(pod, 'initContainers'), ...containers(pod, 'containers')].find(
        ({ name }) => name === 'istio-proxy',
      )
    : undefined;
  const text = objectsOf(proxy?.env).map(({ value }) => textOf(value))[0];
  if (text === undefined) return undefined;
  const { port: at, path } = JSON.parse(text) as { port: string; path: string };
  return `:${at}${path}`;
}

const all = recordings();
const ofIstio = all.filter(({ mesh }) => mesh !== 'linkerd');
const title = ({ mesh, name }: Recorded) => `${mesh}: ${name}`;

test('every pod was given to each injector', () => {
  expect(all.length).toBe(3 * pods().size);
});

describe.each(all.map((one) => [title(one), one] as const))('%s', (_, { mesh, pod, first, behind }) => {
  test('behind us: a second call changes nothing and warns of nothing', () => {
    expect(inject(behind)).toMatchObject({ decision: 'unchanged', patch: [], warnings: [] });
  });

  test('behind us: all containers are there, the mesh in its place', () => {
    const [inits, plain] = names(behind) as [string[], string[]];
    const [ours, rest] = names(patched(pod, inject(pod))) as [string[], string[]];
    const isMesh = (name: string) => /^(istio|linkerd)-/.test(name);
    expect(inits.filter((name) => !isMesh(name))).toEqual(ours);
    expect(plain.filter((name) => !isMesh(name))).toEqual(rest);
    if (mesh !== 'istio-classic') expect(inits.slice(0, 2).every(isMesh)).toBe(true);
  });

  test('before us: injected once, and taken back exactly', () => {
    const outcome = inject(first);
    expect(outcome.decision).toBe('injected');
    const pod = patched(first, outcome);
    expect(inject(pod)).toMatchObject({ decision: 'unchanged', patch: [] });
    const undone = uninjectPod(pod);
    expect(patched(pod, undone)).toEqual(first);
  });
});

describe.each(ofIstio.map((one) => [title(one), one] as const))('%s', (_, { name, pod, first, behind }) => {
  const own = annotationsOf(pod);
  const { ports, decisions } = statusOf(behind) as { ports: { metrics: number }; decisions: { slot: string } };
  const isMerged = name !== 'not-scraped' && name !== 'istio-does-not-merge';

  test("behind us, Istio takes our page where the slot is ours, and the application's where it is not", () => {
    expect(annotationsOf(behind)[port]).toBe(isMerged ? '15020' : name === 'not-scraped' ? undefined : '9102');
    // An empty path is /metrics for Istio's agent.
    const ours = `:${ports.metrics}${decisions.slot === 'merged' ? '' : '/metrics'}`;
    const theirs = `:${own[port]}${own['prometheus.io/path']}`;
    const page = decisions.slot === 'theirs' ? theirs : ours;
    expect(mergedPage(behind)).toBe(isMerged ? page : undefined);
  });

  test('before us, the annotations are its own', () => {
    expect(codes(inject(first)).includes('slot_mesh')).toBe(isMerged);
    const late = own['metrics-sidecar.io/mesh-bypass'] !== undefined;
    expect(codes(inject(first)).includes('mesh_bypass_late')).toBe(late);
  });

  test('its list of ports has ours where the pod says so', () => {
    const init = containers(behind, 'initContainers').find((one) => one.name === 'istio-init')!;
    const args = init.args as readonly string[];
    const skipped = args[args.indexOf('-d') + 1]!.split(',');
    const asked = own['metrics-sidecar.io/mesh-bypass'] !== undefined;
    expect(skipped.includes(String(ports.metrics))).toBe(asked);
    for (const one of (own['traffic.sidecar.istio.io/excludeInboundPorts'] ?? '15020').split(','))
      expect(skipped).toContain(one);
  });
});

test.each(all.filter(({ mesh }) => mesh === 'linkerd').map((one) => [one.name, one] as const))(
  'linkerd: %s: the annotations stay, and its list of ports has ours where the pod says so',
  (_, { pod, behind }) => {
    expect(annotationsOf(behind)[port]).toBe(annotationsOf(patched(pod, inject(pod)))[port]);
    const init = containers(behind, 'initContainers').find(({ name }) => name === 'linkerd-init')!;
    const text = JSON.stringify(init.args);
    const { ports } = statusOf(behind) as { ports: { metrics: number } };
    const asked = annotationsOf(pod)['metrics-sidecar.io/mesh-bypass'] !== undefined;
    expect(text.includes(String(ports.metrics))).toBe(asked);
  },
);

describe('our likeness of Istio, which the API server calls in tests, does as the real one did', () => {
  const seen = (pod: JsonObject) => ({
    names: names(pod),
    page: mergedPage(pod),
    slot: [port, 'prometheus.io/path', 'prometheus.io/scrape'].map((key) => annotationsOf(pod)[key]),
    args: containers(pod, 'initContainers').find(({ name }) => name === 'istio-init')?.args,
    probes: objectsOf(objectOf(pod.spec)?.containers).map(({ readinessProbe }) => readinessProbe),
  });

  test.each(ofIstio.map((one) => [title(one), one] as const))('%s', (_, { mesh, name, pod, first, behind }) => {
    const native = mesh === 'istio';
    expect(seen(asIstio(pod, native))).toEqual(seen(first));
    // Whether a proxy waits for an application's configuration is Istio's own affair.
    if (name !== 'classic' || native) expect(seen(asIstio(patched(pod, inject(pod)), native))).toEqual(seen(behind));
  });
});
