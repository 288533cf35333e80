import { label } from '../../contract/names.ts';
import { injectAnnotation } from '../../kinds/annotations.ts';

/** Characters of a value that are read; one that is longer asks in a way that cannot be read. */
const longestRead = 4096;

/**
 * Whether a pod asks for a sidecar, for those who look for pods that were missed: asked in a way that cannot be read is
 * asked. Nothing but the one annotation is read, since a cluster has thousands of pods with annotations of strangers.
 * @param annotation `metrics-sidecar.io/inject` of the pod
 */
export function asksForSidecar(
  annotation: string | undefined,
  namespaceLabels: Readonly<Record<string, string>>,
): boolean {
  const ofNamespace = Object.hasOwn(namespaceLabels, label.namespaceInject)
    ? namespaceLabels[label.namespaceInject]
    : undefined;
  const text = annotation ?? ofNamespace;
  if (text === undefined) return false;
  if (text.length > longestRead) return true;
  // Labels cannot hold commas.
  const asked = injectAnnotation.inject.codec.parse(annotation ?? text.replaceAll('.', ','));
  return !asked.ok || asked.value !== false;
}
