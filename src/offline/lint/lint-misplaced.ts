import { label, rotateAnnotation } from '../../contract/names.ts';
import type { Reason } from '../../inject/outcome/outcome.ts';
import { reason, sentence, shownKey } from '../../inject/outcome/reason-text.ts';
import { lintReasons } from '../../inject/outcome/reasons.ts';
import { isOurs } from '../../inject/request/request.ts';
import { meantDomain, mistypedDomain } from '../../inject/request/workload.ts';
import { objectOf, textsOf } from '../../json/json.ts';
import { injectAnnotation } from '../../kinds/annotations.ts';
import type { PodPlace } from '../../manifest/objects.ts';
import type { Examined } from '../evaluate/evaluate.ts';
import { pathOf } from '../evaluate/reason-path.ts';
import { meantKinds, type Said, saidAt } from './intended-pod.ts';
import type { Found } from './lint-finding.ts';
import { adviceOf, namespaceAskingFor } from './sentences.ts';

/** Annotations and labels of ours where nothing reads them, on whatever object. */
export function lintMisplaced(examined: Examined): readonly Found[] {
  const { document, object, judged, misplaced } = examined;
  const whole: PodPlace = { path: object.path, pointer: '', value: object.value };
  const found = misplaced.map((one) => {
    const path = pathOf(one, { object, place: whole });
    return { document, object, path, ...told(one, adviceOf(one, { object })) };
  });
  if (object.form === 'other') return [...found, ...onOthers(examined)];
  if (object.form === 'workload' && object.kind !== 'PodTemplate') return found;
  if (judged.length === 0) return found;
  const own = saidAt(object, 'annotations');
  const isAbove = judged.every(({ place }) => place.path.length > object.path.length);
  return [
    ...found,
    ...(isAbove ? keysAt(examined, own, 'wrong_level') : []),
    ...judged.flatMap(({ place, subject }) => [
      ...mistyped(examined, saidAt(place, 'annotations')),
      ...(subject === 'service' ? [] : keysAt(examined, saidAt(place, 'labels'), 'label_not_annotation')),
    ]),
  ];
}

function told(one: Reason, advice: string) {
  return { code: one.code, sentence: sentence(one), advice };
}

function keysAt(
  { document, object }: Examined,
  { path, entries }: Said,
  code: 'wrong_level' | 'label_not_annotation',
): readonly Found[] {
  return [...entries.keys()]
    .filter((key) => isOurs(key) && key !== label.injected)
    .map((key) => {
      const one = reason(code, shownKey(key));
      return { document, object, path: [...path, key], ...told(one, adviceOf(one, { object })) };
    });
}

function mistyped({ document, object }: Examined, { path, entries }: Said): readonly Found[] {
  return [...entries.keys()].flatMap((key) => {
    const meant = meantDomain(key);
    if (meant === undefined) return [];
    const one = mistypedDomain(shownKey(key), meant);
    return [{ document, object, path: [...path, key], ...told(one, '') }];
  });
}

/** Objects that have no pods: a Namespace asks by a label, all others by nothing. */
function onOthers({ document, object }: Examined): readonly Found[] {
  const isNamespace = object.kind === 'Namespace' && object.apiVersion === 'v1';
  const { path, entries } = saidAt(object, 'annotations');
  const unread = [...entries]
    .filter(([key]) => isOurs(key) && key !== rotateAnnotation)
    .map(([key, value]) => {
      const isAsking = isNamespace && key === injectAnnotation.inject.key;
      const advice = isAsking
        ? `Write it as a label: ${namespaceAskingFor(meantKinds(value))}.`
        : 'Move it to the pod template; of a custom resource, say with --pod-template-path where that is.';
      const said = `${shownKey(key)}: ${lintReasons.not_read_here.sentence}`;
      return { document, object, path: [...path, key], code: 'not_read_here', sentence: said, advice } as const;
    });
  return [...unread, ...(isNamespace ? namespaceLabel({ document, object }) : [])];
}

function namespaceLabel({ document, object }: Pick<Examined, 'document' | 'object'>): readonly Found[] {
  const text = textsOf(objectOf(object.value.metadata)?.labels).get(label.namespaceInject);
  const result = text === undefined ? undefined : injectAnnotation.inject.codec.parse(text.replaceAll('.', ','));
  if (result === undefined || result.ok) return [];
  const one = reason('bad_namespace_label', label.namespaceInject, result.problem);
  const path = [...object.path, 'metadata', 'labels', label.namespaceInject];
  return [{ document, object, path, ...told(one, adviceOf(one, { object })) }];
}
