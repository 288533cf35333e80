import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lintWorkload } from '../../../src/inject/inject.ts';
import { reasons } from '../../../src/inject/outcome/reasons.ts';
import { objectOf } from '../../../src/json/json.ts';
import { explainManifests } from '../../../src/offline/explain/explain-manifests.ts';
import { lint } from '../../../src/offline/lint/lint-manifests.ts';
import { arbitraryPod } from '../../inject/arbitrary-pod.ts';
import { setOf } from '../set.ts';

/** Gone with the mistake that they follow from. */
const consequences = ['inject_missing', 'kind_not_asked'];

test('property: lint finds all that the webhook warns of, and each finding stands in the file', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryPod, arbitraryPod, fc.constantFrom(0, 2), async (pod, outer, indent) => {
      const workload = {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
        metadata: objectOf(outer.metadata) ?? {},
        spec: { template: { metadata: pod.metadata ?? {}, spec: pod.spec ?? {} } },
      };
      const text = JSON.stringify(workload, null, indent);
      const { manifests, evaluated, cluster } = setOf({ 'a.json': text });
      const given = { facts: cluster.facts(evaluated[0]?.object.namespace), settings: cluster.settings };
      const warned = lintWorkload({ workload, ...given }).reasons.map(({ code }) => code);
      const found = await lint(manifests, evaluated, cluster);
      const codes = new Set<string>(found.map(({ code }) => code));
      const missed = warned.filter(
        (code) => reasons[code].severity !== 'info' && !codes.has(code) && !consequences.includes(code),
      );
      expect(missed).toEqual([]);
      const lines = text.split('\n');
      for (const { line, column } of found) expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
      const told = await explainManifests(evaluated, cluster);
      expect(told.map(({ decision }) => decision)).toEqual(
        evaluated.flatMap(({ evaluations }) => evaluations.map(({ outcome }) => outcome.decision)),
      );
    }),
    { numRuns: 80 },
  );
});
