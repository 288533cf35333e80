import { isList, type Json, type JsonObject, objectOf, objectsOf, textOf } from '../../json/json.ts';
import type { Pod } from '../pod/pod.ts';

/** The field that shows that a pod is for Windows, and what it says. */
export interface WindowsEvidence {
  readonly field: string;
  readonly detail: string;
}

/** The labels of a node that name its operating system; the second one is from before Kubernetes 1.14. */
const osLabels: ReadonlySet<string> = new Set(['kubernetes.io/os', 'beta.kubernetes.io/os']);
/** The kubelet writes it on Windows alone, so a pod that asks for any value of it runs there. */
const buildLabel = 'node.kubernetes.io/windows-build';

/**
 * The evidence that a pod is for Windows; undefined for every other pod. Read from the firmest statement down: the
 * pod's own word, the nodes that it requires, options that only Windows reads. The first one that names a system
 * decides, so a pod that requires Linux nodes stays Linux whatever options it carries for other nodes.
 *
 * Not read: preferences, which the scheduler may leave unmet, and tolerations, which let a pod onto tainted nodes and
 * keep it from no other node. The node selector of a RuntimeClass is in the pod already: the API server merges it
 * before it calls webhooks.
 */
export function windowsEvidence(pod: Pod): WindowsEvidence | undefined {
  const { spec } = pod;
  const os = objectOf(spec.os)?.name;
  if (os === 'windows') return { field: 'spec.os.name', detail: '' };
  if (os === 'linux') return undefined;
  const found = ofSelector(spec.nodeSelector) ?? ofAffinity(spec.affinity);
  if (found !== undefined) return found === 'linux' ? undefined : found;
  return ofOptions(pod);
}

/** The meaning of a statement about nodes: the nodes run Linux, or the evidence that they run Windows. */
type Found = 'linux' | WindowsEvidence | undefined;

function ofSelector(json: Json | undefined): Found {
  const selector = objectOf(json);
  if (selector === undefined) return undefined;
  let linux = false;
  for (const label of osLabels) {
    const value = selector[label];
    if (value === 'windows') return { field: `spec.nodeSelector ${label}`, detail: '' };
    if (value === 'linux') linux = true;
  }
  if (typeof selector[buildLabel] === 'string') return { field: `spec.nodeSelector ${buildLabel}`, detail: '' };
  return linux ? 'linux' : undefined;
}

const affinityField = 'spec.affinity.nodeAffinity';

/** Terms are alternatives: each of them has to name the system. A term without a requirement matches no node. */
function ofAffinity(json: Json | undefined): Found {
  const required = objectOf(objectOf(json)?.nodeAffinity)?.requiredDuringSchedulingIgnoredDuringExecution;
  let all: Found;
  for (const term of objectsOf(objectOf(required)?.nodeSelectorTerms)) {
    if (isEmptyList(term.matchExpressions) && isEmptyList(term.matchFields)) continue;
    const found = ofTerm(objectsOf(term.matchExpressions));
    if (found === undefined || (all !== undefined && (found === 'linux') !== (all === 'linux'))) return undefined;
    all ??= found;
  }
  return all;
}

/** The requirements of a term hold together, so one of them is enough. */
function ofTerm(requirements: readonly JsonObject[]): Found {
  let linux = false;
  for (const { key, operator, values } of requirements) {
    const label = textOf(key) ?? '';
    const list = isList(values) ? values : [];
    const found = label === buildLabel ? ofBuild(operator) : osLabels.has(label) ? ofOs(operator, list) : undefined;
    if (found === 'windows') return { field: affinityField, detail: requirement(label, textOf(operator)!, list) };
    if (found === 'linux') linux = true;
  }
  return linux ? 'linux' : undefined;
}

/** A node of Linux lacks the label, and `NotIn` takes nodes without it; every other operator asks for the label. */
function ofBuild(operator: Json | undefined): 'linux' | 'windows' | undefined {
  if (operator === 'DoesNotExist') return 'linux';
  return operator === 'NotIn' || typeof operator !== 'string' ? undefined : 'windows';
}

/** Nodes run Linux or Windows, so what excludes the one asks for the other. */
function ofOs(operator: Json | undefined, values: readonly Json[]): 'linux' | 'windows' | undefined {
  if (operator !== 'In' && operator !== 'NotIn') return undefined;
  const [linux, windows] = [values.includes('linux'), values.includes('windows')];
  if (linux === windows) return undefined;
  return linux === (operator === 'In') ? 'linux' : 'windows';
}

function ofOptions({ spec, containers, initContainers }: Pod): WindowsEvidence | undefined {
  const field = optionsField(spec, 'spec');
  if (field !== undefined) return field;
  for (const list of [containers, initContainers])
    for (const { json, list: name, index } of list) {
      if (json.securityContext === undefined) continue;
      const found = optionsField(json, `spec.${name}[${index}]`);
      if (found !== undefined) return found;
    }
  return undefined;
}

/** Options that say nothing (`{}`) decide nothing: templates leave them behind. */
function optionsField({ securityContext }: JsonObject, path: string): WindowsEvidence | undefined {
  const options = objectOf(objectOf(securityContext)?.windowsOptions);
  if (options === undefined) return undefined;
  // The API server sends fields in another order than a manifest.
  const [said] = Object.keys(options)
    .filter((key) => options[key] !== null)
    .sort();
  return said === undefined ? undefined : { field: `${path}.securityContext.windowsOptions`, detail: said };
}

function isEmptyList(json: Json | undefined): boolean {
  return !isList(json) || json.length === 0;
}

function requirement(label: string, operator: string, values: readonly Json[]): string {
  const listed = values.slice(0, 5).filter((value) => typeof value === 'string');
  return `${label} ${operator}${listed.length === 0 ? '' : ` [${listed.join(', ')}]`}`;
}
