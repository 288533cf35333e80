import { label, rotateAnnotation } from '../../contract/names.ts';
import type { Reason } from '../../inject/outcome/outcome.ts';
import { reason, sentence, shownKey } from '../../inject/outcome/reason-text.ts';
import { lintReasons } from '../../inject/outcome/reasons.ts';
import { isOurs } from '../../inject/request/request.ts';
import { meantDomain, mistypedDomain } from '../../inject/request/workload.ts';
import { objectOf, textsOf } from '../../json/json.ts';
import { injectAnnotation } from '../../kinds/annotations.ts';
import type { PodLocation } from '../../manifest/objects.ts';
import { groupOf } from '../../pod-templates/find-templates.ts';
import { passesAnnotationsOn } from '../../pod-templates/known-kinds.ts';
import type { EvaluatedObject } from '../evaluate/evaluate.ts';
import { reasonPath } from '../evaluate/reason-path.ts';
import { intendedKinds, type MetadataEntries, metadataEntries } from './intended-pod.ts';
import type { DocumentFinding } from './lint-finding.ts';
import { adviceOf, namespaceAskingFor, templateName } from './sentences.ts';

/** Annotations and labels of ours that nothing reads, on objects of every kind. */
export function lintMisplaced(evaluated: EvaluatedObject): readonly DocumentFinding[] {
  const { document, object, evaluations, misplaced } = evaluated;
  const whole: PodLocation = { path: object.path, pointer: '', value: object.value };
  const findings = misplaced.map((one) => {
    const path = reasonPath(one, { object, location: whole });
    const location = object.pods.find((pod) => one.subject.startsWith(`${templateName(object, pod)}.`));
    return { document, object, path, ...described(one, adviceOf(one, { object, ...(location && { location }) })) };
  });
  if (object.form === 'other' || (object.form === 'found' && evaluations.length === 0))
    return [...findings, ...onOthers(evaluated)];
  if (object.form === 'known' || object.form === 'found') return findings;
  if (object.form === 'workload' && object.kind !== 'PodTemplate') return findings;
  if (evaluations.length === 0) return findings;
  const own = metadataEntries(object, 'annotations');
  const isAbove = evaluations.every(({ location }) => location.path.length > object.path.length);
  return [
    ...findings,
    ...(isAbove ? keysAt(evaluated, own, 'wrong_level') : []),
    ...evaluations.flatMap(({ location, subject }) => [
      ...mistyped(evaluated, metadataEntries(location, 'annotations')),
      ...(subject === 'service' ? [] : keysAt(evaluated, metadataEntries(location, 'labels'), 'label_not_annotation')),
    ]),
  ];
}

function described(one: Reason, advice: string) {
  return { code: one.code, sentence: sentence(one), advice };
}

function keysAt(
  { document, object }: EvaluatedObject,
  { path, entries }: MetadataEntries,
  code: 'wrong_level' | 'label_not_annotation',
): readonly DocumentFinding[] {
  return [...entries.keys()]
    .filter((key) => isOurs(key) && key !== label.injected)
    .map((key) => {
      const one = reason(code, shownKey(key));
      return { document, object, path: [...path, key], ...described(one, adviceOf(one, { object })) };
    });
}

function mistyped(
  { document, object }: EvaluatedObject,
  { path, entries }: MetadataEntries,
): readonly DocumentFinding[] {
  return [...entries.keys()].flatMap((key) => {
    const domain = meantDomain(key);
    if (domain === undefined) return [];
    const one = mistypedDomain(shownKey(key), domain);
    return [{ document, object, path: [...path, key], ...described(one, '') }];
  });
}

/** Findings of objects that have no pods: a Namespace can ask with a label, all others cannot ask. */
function onOthers(evaluated: EvaluatedObject): readonly DocumentFinding[] {
  const { document, object } = evaluated;
  if (passesAnnotationsOn(groupOf(object.apiVersion), object.kind))
    return mistyped(evaluated, metadataEntries(object, 'annotations'));
  const isNamespace = object.kind === 'Namespace' && object.apiVersion === 'v1';
  const { path, entries } = metadataEntries(object, 'annotations');
  const unread = [...entries]
    .filter(([key]) => isOurs(key) && key !== rotateAnnotation)
    .map(([key, value]) => {
      const isAsking = isNamespace && key === injectAnnotation.inject.key;
      const advice = isAsking
        ? `Write it as a label: ${namespaceAskingFor(intendedKinds(value))}.`
        : 'Move it to the pod template; of a custom resource, say with --pod-template-path where that is.';
      const text = `${shownKey(key)}: ${lintReasons.not_read_here.sentence}`;
      return { document, object, path: [...path, key], code: 'not_read_here', sentence: text, advice } as const;
    });
  return [...unread, ...(isNamespace ? namespaceLabel({ document, object }) : [])];
}

function namespaceLabel({
  document,
  object,
}: Pick<EvaluatedObject, 'document' | 'object'>): readonly DocumentFinding[] {
  const text = textsOf(objectOf(object.value.metadata)?.labels).get(label.namespaceInject);
  const result = text === undefined ? undefined : injectAnnotation.inject.codec.parse(text.replaceAll('.', ','));
  if (result === undefined || result.ok) return [];
  const one = reason('bad_namespace_label', label.namespaceInject, result.problem);
  const path = [...object.path, 'metadata', 'labels', label.namespaceInject];
  return [{ document, object, path, ...described(one, adviceOf(one, { object })) }];
}
