import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { version } from '../../src/runtime/version.ts';
import { type KubernetesObject, missing, objects, of, root, type Tree, templateWith } from './helm.ts';

// The manifests that docs/gitops.md gives to copy.

const page = readFileSync(join(root, 'docs/gitops.md'), 'utf8');
const manifests = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].flatMap(
  ([, text]) => loadAll(text!) as KubernetesObject[],
);

test('there is an Application, an OCIRepository and a HelmRelease', () => {
  expect(manifests.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
    'argoproj.io/v1alpha1 Application',
    'source.toolkit.fluxcd.io/v1 OCIRepository',
    'helm.toolkit.fluxcd.io/v2 HelmRelease',
  ]);
});

test('they name the chart where the release puts it, and its version', () => {
  const { source } = of(manifests, 'Application').spec!;
  const workflow = readFileSync(join(root, '.github/workflows/release.yml'), 'utf8');
  expect(workflow).toContain(`CHARTS: ${source.repoURL}`);
  expect(source).toMatchObject({ chart: 'metrics-sidecar', targetRevision: version });
  const repository = of(manifests, 'OCIRepository');
  expect(repository.spec).toMatchObject({ url: `oci://${source.repoURL}/${source.chart}` });
  expect(version.startsWith(repository.spec!.ref.semver.replace(/x$/, ''))).toBe(true);
  const { chartRef } = of(manifests, 'HelmRelease').spec!;
  expect(chartRef).toEqual({ kind: repository.kind, name: repository.metadata.name });
});

describe.skipIf(missing)('their values', () => {
  test.each([
    ['Argo CD', of(manifests, 'Application').spec!.source.helm.valuesObject],
    ['Flux', of(manifests, 'HelmRelease').spec!.values],
  ])('%s: render the chart, with what the operator needs', async (_, values) => {
    const all = await objects(templateWith(values));
    expect(all.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Deployment', 'PodMonitor', 'ServiceMonitor']));
  });
});

describe.skipIf(missing)('values that docs/platforms.md gives to copy', () => {
  const platforms = readFileSync(join(root, 'docs/platforms.md'), 'utf8');
  const values = [...platforms.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) => load(text!) as Values);

  test('there are some, each with a port that is not the kubelet’s', () => {
    expect(values.map(({ webhook }) => webhook.port)).toEqual([10260, 10260]);
  });

  test.each(values)('%j', async (given) => {
    const container = of(await objects(templateWith(given)), 'Deployment').spec!.template.spec.containers[0] as Tree;
    expect((container.ports as Tree[])[0]).toMatchObject({ name: 'https', containerPort: 10260 });
  });
});

interface Values {
  readonly webhook: { readonly port: number };
}
