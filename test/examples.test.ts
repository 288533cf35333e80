import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { podAnnotations } from '../src/kinds/annotations.ts';

const folder = join(import.meta.dirname, '../examples');
const manifests = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
const apps = readdirSync(join(folder, 'apps'));

interface Container {
  image: string;
  imagePullPolicy: string;
  command: string[];
  ports?: { name: string }[];
  resources: { requests: object; limits: object };
  securityContext: object;
  volumeMounts: { name: string; mountPath: string; readOnly: boolean }[];
}
interface Template {
  metadata: { labels: Record<string, string>; annotations: Record<string, string> };
  spec: { securityContext: object; containers: [Container]; volumes: { configMap: { name: string } }[] };
}
interface Manifest {
  kind: string;
  metadata: { name: string };
  data: Record<string, string>;
  spec: {
    template: Template;
    jobTemplate?: { spec: { template: Template } };
    selector: { matchLabels: Record<string, string> } & Record<string, string>;
    ports: { targetPort: string }[];
  };
}

const documentsOf = (file: string) => loadAll(readFileSync(join(folder, file), 'utf8')) as Manifest[];
const find = (file: string, kind: string) => documentsOf(file).find((document) => document.kind === kind);
const templateOf = (file: string): Template => {
  const workload = documentsOf(file).find(({ kind }) => !['ConfigMap', 'Service'].includes(kind))!;
  return workload.spec.jobTemplate?.spec.template ?? workload.spec.template;
};

describe.each(manifests)('%s', (file) => {
  test('its ConfigMap holds the program of examples/apps, and the container runs that', () => {
    const { metadata, data } = find(file, 'ConfigMap')!;
    const [name] = Object.keys(data) as [string];
    expect(data).toEqual({ [name]: readFileSync(join(folder, 'apps', name), 'utf8') });
    const { containers, volumes } = templateOf(file).spec;
    expect(containers[0].command).toEqual(['node', `/app/${name}`]);
    expect(containers[0].volumeMounts).toEqual([{ name: 'code', mountPath: '/app', readOnly: true }]);
    expect(volumes).toEqual([{ name: 'code', configMap: { name: metadata.name } }]);
  });

  test('its annotations are right', () => {
    const { annotations } = templateOf(file).metadata;
    expect(annotations).toHaveProperty(['metrics-sidecar.io/inject']);
    for (const [key, value] of Object.entries(annotations)) {
      expect(podAnnotations.get(key)?.codec.parse(value), key).toMatchObject({ ok: true });
    }
  });

  test('its pod is clean under Pod Security restricted and says what it needs', () => {
    const { securityContext, containers } = templateOf(file).spec;
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(containers).toMatchObject([
      {
        image: 'docker.io/library/node:24-bookworm-slim',
        imagePullPolicy: 'IfNotPresent',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        resources: { requests: { cpu: expect.any(String), memory: expect.any(String) }, limits: expect.anything() },
      },
    ]);
  });

  test('its selectors and ports find the pod', () => {
    const { metadata, spec } = templateOf(file);
    const service = find(file, 'Service');
    if (service !== undefined) {
      expect(metadata.labels).toMatchObject(service.spec.selector);
      const names = spec.containers[0].ports!.map(({ name }) => name);
      for (const { targetPort } of service.spec.ports) expect(names).toContain(targetPort);
    }
    const workload = documentsOf(file)[0]!;
    if (workload.kind.endsWith('Set') || workload.kind === 'Deployment') {
      expect(metadata.labels).toMatchObject(workload.spec.selector.matchLabels);
    }
  });

  test('the README says how to apply it', () => {
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(`kubectl apply -f examples/${file}`);
  });
});

test('every program of examples/apps is used', () => {
  const used = new Set(manifests.flatMap((file) => Object.keys(find(file, 'ConfigMap')!.data)));
  expect([...used].sort()).toEqual([...apps].sort());
});
