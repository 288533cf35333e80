import { label, prefix } from '../../contract/names.ts';
import { type Json, type JsonObject, listOf, objectOf, objectsOf, textOf, textsOf } from '../../json/json.ts';
import { kindNames } from '../../kinds/kind-names.ts';
import { controllingOwner } from '../../ownership/controlling-owner.ts';
import { completedTemplate, findTemplates, groupOf, type TemplatePath } from '../../pod-templates/find-templates.ts';
import { distance } from '../../text/nearest.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason, shownKey } from '../outcome/reason-text.ts';
import { ourKeys, ours } from './request.ts';

/** Workloads with the template right in their spec. */
const plain: ReadonlySet<unknown> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']);

/**
 * The pod that a workload will make, as far as its template says; nothing for other kinds, and for what a controller
 * made: a ReplicaSet carries a copy of its Deployment's annotations, and nobody reads what is said about it.
 */
function templateOf(workload: JsonObject): JsonObject | undefined {
  if (isControlled(workload)) return undefined;
  const job = workload.kind === 'CronJob' ? objectOf(objectOf(workload.spec)?.jobTemplate) : workload;
  if (job === undefined || !(workload.kind === 'CronJob' || plain.has(workload.kind))) return undefined;
  const template = objectOf(objectOf(job.spec)?.template);
  if (template === undefined) return undefined;
  const isJob = workload.kind === 'Job' || workload.kind === 'CronJob';
  const owner = { ownerReferences: [{ kind: 'Job', controller: true }] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...objectOf(template.metadata), ...(isJob && owner) },
    spec: template.spec ?? null,
  };
}

/** The groups of Kubernetes' own workloads; the objects of a test may leave `apiVersion` out. */
const ownGroups: ReadonlySet<string> = new Set(['', 'apps', 'batch', 'extensions']);

/** The pods that a workload will make: of one of Kubernetes' own at most one, of a custom resource one per template. */
export function podsOf(workload: JsonObject): readonly JsonObject[] {
  if (isOwnKind(workload)) {
    const pod = templateOf(workload);
    return pod === undefined ? [] : [pod];
  }
  if (isControlled(workload)) return [];
  return customTemplates(workload).map((path) => {
    const template = completedTemplate(valueAt(workload, path) ?? {}, groupOf(textOf(workload.apiVersion) ?? ''));
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: objectOf(template.metadata) ?? {},
      spec: template.spec ?? null,
    };
  });
}

function isOwnKind({ apiVersion }: JsonObject): boolean {
  return ownGroups.has(groupOf(textOf(apiVersion) ?? ''));
}

function customTemplates(workload: JsonObject): readonly TemplatePath[] {
  return findTemplates(workload, groupOf(textOf(workload.apiVersion) ?? ''), textOf(workload.kind) ?? '').paths;
}

function valueAt(object: JsonObject, path: TemplatePath): JsonObject | undefined {
  const value = path.reduce<Json | undefined>(
    (at, step) => (typeof step === 'number' ? listOf(at)?.[step] : objectOf(at)?.[step]),
    object,
  );
  return objectOf(value);
}

function dotted(path: TemplatePath): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
}

/** Whether a controller made the object, which would put right again what is changed in it. */
export function isControlled({ metadata }: JsonObject): boolean {
  return controllingOwner(objectsOf(objectOf(metadata)?.ownerReferences)) !== undefined;
}

interface OwnerOfMetadata {
  /** The path from the workload to its metadata. */
  readonly path: string;
  readonly metadata: JsonObject | undefined;
}

/** Keys of ours where nothing reads them: on the workload instead of its template, or among the labels. */
export function misplaced(workload: JsonObject): Reason[] {
  const job = objectOf(objectOf(workload.spec)?.jobTemplate);
  const above: OwnerOfMetadata[] = [
    { path: 'metadata', metadata: objectOf(workload.metadata) },
    { path: 'spec.jobTemplate.metadata', metadata: objectOf(job?.metadata) },
  ];
  const everywhere = [...above, ...templateOwners(workload, job)];
  const found = [
    ...above.flatMap(({ path: at, metadata }) =>
      ourKeys(textsOf(metadata?.annotations)).map((key) => reason('wrong_level', `${at}.annotations ${shownKey(key)}`)),
    ),
    ...everywhere.flatMap(({ path: at, metadata }) =>
      ourKeys(textsOf(metadata?.labels))
        .filter((key) => key !== label.injected)
        .map((key) => reason('label_not_annotation', `${at}.labels ${shownKey(key)}`)),
    ),
  ];
  return [...found, ...everywhere.flatMap(mistypedDomains)].slice(0, 100);
}

function templateOwners(workload: JsonObject, job: JsonObject | undefined): readonly OwnerOfMetadata[] {
  if (!isOwnKind(workload)) {
    return customTemplates(workload).map((path) => ({
      path: `${dotted(path)}.metadata`,
      metadata: objectOf(valueAt(workload, path)?.metadata),
    }));
  }
  const template = objectOf(objectOf((job ?? workload).spec)?.template);
  const path = job === undefined ? 'spec.template.metadata' : 'spec.jobTemplate.spec.template.metadata';
  return [{ path, metadata: objectOf(template?.metadata) }];
}

/** The domains that keys of ours have. */
const domains = [prefix, ...kindNames.map((kind) => `${kind}.${prefix}`)];
/** Letters that a domain may differ by and still have been meant: `metric-sidecar.io`, `metrics-sidecars.io`. */
const fewLetters = 2;

/** Annotations whose domain is almost one of ours: nothing reads them, so nobody else would say so. */
function mistypedDomains({ path, metadata }: OwnerOfMetadata): Reason[] {
  return [...textsOf(metadata?.annotations).keys()].sort().flatMap((key) => {
    const meant = meantDomain(key);
    return meant === undefined ? [] : [mistypedDomain(`${path}.annotations ${shownKey(key)}`, meant)];
  });
}

/** The domain of ours that a key's was meant to be, where it is almost one. */
export function meantDomain(key: string): string | undefined {
  const domain = key.slice(0, Math.max(0, key.indexOf('/')));
  // A domain that is far too long was not mistyped, and the distance is quadratic in its length.
  if (domain.length < prefix.length - fewLetters || domain.length > 60 || domains.includes(domain)) return undefined;
  return ours.test(key) ? undefined : domains.find((one) => distance(domain, one) <= fewLetters);
}

export function mistypedDomain(subject: string, meant: string): Reason {
  return reason('foreign_domain', subject, `did you mean "${meant}"?`);
}
