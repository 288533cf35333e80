import fc from 'fast-check';
import { expect, test } from 'vitest';
import { injectPod } from '../../src/inject/inject.ts';
import type { Facts } from '../../src/inject/pod/namespace-facts.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { changedText } from '../../src/offline/change/change-output.ts';
import { arbitraryFacts, arbitraryPod } from '../inject/arbitrary-pod.ts';
import { settings } from '../inject/cluster.ts';
import { patched } from '../inject/pods.ts';
import { seeded } from '../statsd/fuzz-random.ts';
import { type GivenFile, injected, manifestOf, uninjected } from './given.ts';
import { writtenAs } from './written.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 60);

interface Generated extends GivenFile {
  readonly pod: JsonObject;
}

/** Pods with clashes and all, in texts of every style: alone, or the template of a Deployment. */
const generated: fc.Arbitrary<Generated> = fc
  .tuple(arbitraryPod, arbitraryFacts, fc.nat(), fc.boolean())
  .map(([json, facts, seed, isTemplate]) => {
    const object = isTemplate
      ? { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { template: json } }
      : json;
    const text = writtenAs(object, seeded(seed));
    return { folder: '', name: 'generated.yaml', text, paths: [], pod: json, cluster: knows(facts) };
  });

function knows(facts: Facts): GivenFile['cluster'] {
  return { settings: settings(), facts: () => facts, findNamespace: () => undefined };
}

function podIn(file: Generated, text: string): unknown {
  const [document] = manifestOf(file, text).documents;
  const value = document!.value as { readonly kind: string; readonly spec: { readonly template: JsonObject } };
  return value.kind === 'Deployment' ? value.spec.template : value;
}

/**
 * Quotes that nothing needed are lost where what stood between them in the meantime did need some, or was a number, as
 * in a probe whose port lost its name.
 */
function isRespelt({ text }: Generated): boolean {
  if (/['"]?port['"]?: ['"][a-z]/.test(text) && text.includes('/takeover')) return true;
  return /(?:\/scraped-by|\/safe-to-evict-local-volumes)['"]?: ['"]/.test(text);
}

test('the text that was written is what was meant', () => {
  fc.assert(fc.property(generated, (file) => void expect(podIn(file, file.text)).toEqual(file.pod)));
});

test('the text says what the patch says, a second time nothing changes, and uninject gives it back', () => {
  let changed = 0;
  fc.assert(
    fc.property(generated, (file) => {
      const { pod, text, cluster } = file;
      const after = changedText(injected(file));
      const outcome = injectPod({ pod, facts: cluster.facts(undefined), settings: cluster.settings });
      expect(podIn(file, after)).toEqual(patched(pod, outcome));
      expect(changedText(injected(file, after))).toBe(after);
      if (after !== text) changed++;
      const back = uninjected(file, after);
      if (isRespelt(file)) expect(podIn(file, back)).toEqual(pod);
      else expect(back).toBe(text);
    }),
    { numRuns },
  );
  expect(changed).toBeGreaterThan(numRuns / 4);
});
