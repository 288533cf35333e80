import { describe, expect, test } from 'vitest';
import { injectPod, injectService, lintWorkload } from '../../src/inject/inject.ts';
import { warningsOf } from '../../src/inject/outcome/reason-text.ts';
import type { Reason } from '../../src/inject/outcome/outcome.ts';
import { podsOf } from '../../src/inject/request/workload.ts';
import { isObject, type JsonObject, objectOf } from '../../src/json/json.ts';
import { pointer } from '../../src/json/operation.ts';
import { operationsAt } from '../../src/manifest/edit/edit-document.ts';
import { objectsOf, type PodLocation } from '../../src/manifest/objects.ts';
import { changedText } from '../../src/offline/change/change-output.ts';
import { isLeftToWebhook } from '../../src/offline/evaluate/left-to-webhook.ts';
import type { ObjectChange } from '../../src/offline/change/manifest-change.ts';
import { decide, type Path, workloads } from '../../src/webhook/admission/decide.ts';
import type { Review } from '../../src/webhook/protocol/review.ts';
import { files, type GivenFile, injected, manifestOf } from './given.ts';

const engine = { injectPod, injectService, lintWorkload };

/** What the webhook answers when an object is created. */
function answered(path: Path, apiVersion: string, kind: string, object: JsonObject, { cluster }: GivenFile) {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
  const review: Review = {
    version: 'admission.k8s.io/v1',
    uid: 'u',
    group,
    kind,
    resource: '',
    subResource: '',
    operation: 'CREATE',
    namespace: 'shop',
    name: '',
    dryRun: false,
    object,
  };
  return decide(path, review, { engine, settings: cluster.settings, facts: cluster.facts });
}

/** The pod that a controller makes of a template. */
function enginePod(one: ObjectChange, location: PodLocation): JsonObject {
  const { form, kind, value } = one.object;
  const template = form === 'workload' ? podsOf({ ...value, kind })[0] : undefined;
  const said = { apiVersion: 'v1', kind: 'Pod', ...location.value };
  // A pod has metadata, a template need not.
  return template === undefined || !isObject(location.value.metadata) ? said : template;
}

function distinct(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map((one) => [JSON.stringify(one), one])).values()];
}

describe.each(files.map((file) => [`${file.folder}/${file.name}`, file] as const))('%s', (_, file) => {
  const result = injected(file);

  test('what the webhook does to the pods and Services is done to the text', () => {
    for (const one of result.objects) {
      const { object, patch, decision } = one;
      if (object.form === 'service') {
        const { answer, verdict } = answered('mutate', 'v1', 'Service', object.value, file);
        expect({ patch, decision }).toEqual({ patch: answer.patch, decision: verdict });
      }
      const all = object.pods.map((location) => {
        const { answer, verdict } = answered('mutate', 'v1', 'Pod', enginePod(one, location), file);
        const at = location.pointer.slice(pointer(...object.path).length);
        return { verdict, patch: operationsAt(at, answer.patch) };
      });
      if (object.form === 'service' || isLeftToWebhook(object)) continue;
      expect(patch).toEqual(all.flatMap((each) => each.patch));
      expect(all.map(({ verdict }) => verdict)).toContain(decision);
    }
  });

  test('who applies a workload is warned of what the report says', () => {
    for (const { object, findings } of result.objects) {
      const { apiVersion, kind, value } = object;
      if (workloads.get(kind) !== apiVersion.split('/')[0] && object.form !== 'known') continue;
      const { answer } = answered('lint', apiVersion, kind, { ...value, kind }, file);
      const reasons = distinct(findings.map(({ reason }) => reason));
      const refused = lintWorkload({
        workload: { ...value, kind },
        facts: file.cluster.facts(undefined),
        settings: file.cluster.settings,
      }).reasons;
      const own = refused.filter(({ code }) => code === 'pods_refused');
      expect(warningsOf([...reasons, ...own]).toSorted()).toEqual(answer.warnings.toSorted());
    }
  });

  test('a cluster with the webhook leaves alone what was injected offline', () => {
    const after = changedText(result);
    const objects = manifestOf(file, after).documents.flatMap((document) => objectsOf(document, file.paths));
    for (const { form, kind, value, pods } of objects.filter((one) => !isLeftToWebhook(one))) {
      for (const location of pods) {
        const template = form === 'workload' ? podsOf({ ...value, kind })[0] : undefined;
        const pod = template ?? { apiVersion: 'v1', kind: 'Pod', ...location.value };
        const { answer, reasons } = answered('mutate', 'v1', 'Pod', pod, file);
        expect(answer.patch).toEqual([]);
        const isInjected =
          objectOf(objectOf(location.value.metadata)?.labels)?.['metrics-sidecar.io/injected'] === 'true';
        if (isInjected && answer.allowed)
          expect(reasons[0]?.code).toMatch(/^(already_injected|not_asked|opted_out|pod_exists)$/);
      }
      if (form === 'service') expect(answered('mutate', 'v1', 'Service', value, file).answer.patch).toEqual([]);
    }
  });
});
