import { label, managedAnnotation } from '../../src/contract/names.ts';
import { serviceAnnotations } from '../../src/contract/service-annotations.ts';
import { injectPod, injectService, lintWorkload } from '../../src/inject/inject.ts';
import type { Reason } from '../../src/inject/outcome/outcome.ts';
import { sentence } from '../../src/inject/outcome/reason-text.ts';
import { reasons as catalogue } from '../../src/inject/outcome/reasons.ts';
import { podsOf } from '../../src/inject/request/workload.ts';
import { isObject, type JsonObject, objectOf, textsOf } from '../../src/json/json.ts';
import { injectAnnotation } from '../../src/kinds/annotations.ts';
import { operationsAt } from '../../src/manifest/edit/edit-document.ts';
import type { ManifestObject } from '../../src/manifest/objects.ts';
import { printable } from '../../src/terminal/style.ts';
import {
  type DecisionInputs,
  decide,
  type Path,
  type ReviewDecision,
  workloads,
} from '../../src/webhook/admission/decide.ts';
import type { Answer } from '../../src/webhook/protocol/review.ts';
import { patched } from '../inject/pods.ts';
import { podOf } from './corpus-pods.ts';

const engine = { injectPod, injectService, lintWorkload };

export type Webhook = Omit<DecisionInputs, 'engine'>;

/** What the webhook answers in this process when an object is created. */
export function answered(path: Path, object: JsonObject, namespace: string, webhook: Webhook): ReviewDecision {
  const apiVersion = String(object.apiVersion);
  const review = {
    version: 'admission.k8s.io/v1',
    uid: 'of-the-test',
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    kind: String(object.kind),
    resource: '',
    subResource: '',
    operation: 'CREATE',
    namespace,
    name: '',
    dryRun: true,
    object,
  } as const;
  return decide(path, review, { engine, ...webhook });
}

/** What the API server hands on to who creates an object: the webhook's answer, where the registration has it asked. */
export function handedOn(path: Path, object: JsonObject, { namespace, labels }: Where, webhook: Webhook): Answer {
  const isAsked = path === 'lint' ? mentionsUs(object) : asks(object, labels);
  return isAsked ? answered(path, object, namespace, webhook).answer : silence;
}

interface Where {
  readonly namespace: string;
  /** Of the namespace. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The annotations of Services for which the API server asks. */
const serviceKeys = [serviceAnnotations.scrape.key, serviceAnnotations.route.key, managedAnnotation.status];

const silence: Answer = { allowed: true, patch: [], warnings: [] };

function asks(object: JsonObject, namespaceLabels: Where['labels']): boolean {
  const metadata = objectOf(object.metadata);
  const annotations = textsOf(metadata?.annotations);
  if (object.kind === 'Service') return serviceKeys.some((key) => annotations.has(key));
  if (textsOf(metadata?.labels).get(label.component) === label.ownComponent) return false;
  return annotations.has(injectAnnotation.inject.key) || label.namespaceInject in namespaceLabels;
}

/** Whether a key is near ours, on a workload or on its template. */
function mentionsUs(workload: JsonObject): boolean {
  const job = objectOf(objectOf(workload.spec)?.jobTemplate);
  const template = objectOf(objectOf((job ?? workload).spec)?.template);
  const levels = [workload, job, template].map((one) => objectOf(one?.metadata));
  const keys = levels.flatMap((one) => [...textsOf(one?.annotations).keys(), ...textsOf(one?.labels).keys()]);
  return keys.some((key) => /metrics?[-_.]?sidecars?/.test(key));
}

/** Whether the warn-only webhook has something to say about objects like this. */
export function isLinted({ kind, apiVersion }: ManifestObject): boolean {
  return workloads.get(kind) === apiVersion.split('/')[0];
}

/** An object with what the webhook does to it, and to the pods of its templates. */
export function byWebhook(object: ManifestObject, namespace: string, webhook: Webhook): JsonObject {
  const before = JSON.parse(JSON.stringify(object.value)) as JsonObject;
  if (isOwned(object)) return before;
  if (object.form === 'service') {
    return patched(before, { patch: answered('mutate', whole(object), namespace, webhook).answer.patch });
  }
  const patch = object.pods.flatMap((location) => {
    // A pod has metadata, a template need not: the status says so, for whoever wants it back as it was.
    const hasMetadata = isObject(location.value.metadata);
    const pod = hasMetadata ? podOf(object, location) : { ...location.value, apiVersion: 'v1', kind: 'Pod' };
    const { answer } = answered('mutate', pod, namespace, webhook);
    return operationsAt(location.pointer.slice(pointerOf(object).length), answer.patch);
  });
  return patched(before, { patch });
}

/** What a report says is wrong with an object: what the webhook warns of, in whole sentences. */
export function reportOf(object: ManifestObject, namespace: string, webhook: Webhook): readonly string[] {
  if (isOwned(object)) return [];
  const told = (reasons: readonly Reason[]) => reasons.flatMap((reason) => findingText(object, reason));
  if (object.form === 'service') return told(answered('mutate', whole(object), namespace, webhook).reasons);
  if (isLinted(object)) {
    const { reasons } = answered('lint', whole(object), namespace, webhook);
    // In a report that is the line about the object.
    return told(reasons.filter(({ code }) => code !== 'pods_refused'));
  }
  return told(
    object.pods.flatMap((location) => answered('mutate', podOf(object, location), namespace, webhook).reasons),
  );
}

function whole({ value, kind, apiVersion }: ManifestObject): JsonObject {
  return { ...value, kind, apiVersion };
}

/** What a controller made of something else would be put right again: it is that which is injected. */
function isOwned(object: ManifestObject): boolean {
  return isLinted(object) && object.pods.length > 0 && podsOf(whole(object)).length === 0;
}

function pointerOf({ path }: ManifestObject): string {
  return path.map((part) => `/${part}`).join('');
}

/** A finding as a report has it, behind its place. */
function findingText({ kind, name }: ManifestObject, reason: Reason): readonly string[] {
  const { severity } = catalogue[reason.code];
  if (severity === 'info') return [];
  return [`${severity}: ${printable(`${kind}/${name}`)}: ${printable(sentence(reason))} (${reason.code})`];
}
