import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readManifest } from '../../../src/manifest/read/manifest.ts';
import { evaluateDocument } from '../../../src/offline/evaluate/evaluate.ts';
import { explainManifests } from '../../../src/offline/explain/explain-manifests.ts';
import { explainText, type Printing } from '../../../src/offline/explain/explain-text.ts';
import { styleOf } from '../../../src/terminal/style.ts';
import { files } from '../given.ts';

const printing: Printing = {
  style: styleOf(false, {}),
  isColoured: false,
  width: 100,
  settingsFile: 'settings.yaml',
  examples: new Map([['statsd', ['statsd_exporter_lines_total']]]),
};

/** Cases whose explanations differ from each other. */
const cases = [
  'all-kinds',
  'asked-by-namespace',
  'asked-by-nothing',
  'environment-kept',
  'haproxy-takeover-of-several',
  'host-network-required',
  'job-on-old-kubelets',
  'manifest-argo-rollout',
  'manifest-asked-by-namespace',
  'manifest-deployment-with-comments',
  'manifest-jobs',
  'manifest-of-a-list',
  'manifest-of-a-newcomer',
  'manifest-of-many-documents',
  'port-defaults-give-way',
  'recorded-020-opted-out',
  'settings-as-defaults',
  'service-with-own-annotations',
  'slot-merged',
  'slot-spelt-with-dashes',
];

const golden = (name: string) => join(import.meta.dirname, `../../golden/offline/explain/${name}.txt`);

test.each(cases)('%s is explained as recorded', async (folder) => {
  const { name, text, cluster, paths } = files.find((one) => one.folder === folder)!;
  const { documents } = readManifest(text, name);
  const evaluated = documents.flatMap((document) => evaluateDocument(document, paths, cluster));
  const told = explainText(await explainManifests(evaluated, cluster), printing);
  if (process.env.UPDATE_GOLDENS) writeFileSync(golden(folder), told);
  expect(told).toBe(readFileSync(golden(folder), 'utf8'));
});
