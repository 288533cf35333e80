import { managedAnnotation } from '../../contract/names.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, textsOf } from '../../json/json.ts';
import { type Operation, pointer } from '../../json/operation.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason, warningsOf } from '../outcome/reason-text.ts';
import { readStatus } from '../pod/status-annotation.ts';
import type { Uninjected } from './uninject.ts';
import { metadataOperations } from './uninject-metadata.ts';

/**
 * Removes the additions of `injectService`: the `prometheus.io` annotations, and the target port of HAProxy that
 * earlier versions wrote. An addition that was changed since stays, and a reason names it. The annotations that ask for
 * it are the user's own and stay.
 *
 * @param service as it stands in a file; never written to
 */
export function uninjectService(service: JsonObject): Uninjected {
  const annotations = textsOf(objectOf(service.metadata)?.annotations);
  const text = annotations.get(managedAnnotation.status);
  if (text === undefined) return result('unchanged', [], [reason('not_injected', '')]);
  const status = readStatus(text);
  if (status === undefined) return result('invalid', [], [reason('status_unreadable', managedAnnotation.status)]);
  const reasons: Reason[] = [];
  const remove = [managedAnnotation.status as string];
  for (const [key, value] of textsOf(status.scrape)) {
    const now = annotations.get(key);
    if (now === value) remove.push(key);
    else reasons.push(reason(now === undefined ? 'gone_since' : 'changed_since', `annotation ${key}`));
  }
  const route = routeBack(service, objectOf(status.route));
  const patch = [...metadataOperations(service, [{ field: 'annotations', remove }], {}), ...route.operations];
  return result('uninjected', patch, [...reasons, ...route.reasons]);
}

function routeBack(
  service: JsonObject,
  route: JsonObject | undefined,
): { readonly operations: readonly Operation[]; readonly reasons: readonly Reason[] } {
  const port = numberOf(route?.port);
  if (route === undefined || port === undefined) return { operations: [], reasons: [] };
  const ports = objectsOf(objectOf(service.spec)?.ports);
  const index = ports.findIndex((one) => one.port === port && (one.protocol ?? 'TCP') === 'TCP');
  const subject = `port ${port}`;
  if (index < 0) return { operations: [], reasons: [reason('gone_since', subject)] };
  const path = pointer('spec', 'ports', index, 'targetPort');
  // An older status does not record the new target.
  if (route.to !== undefined && ports[index]!.targetPort !== route.to) {
    return { operations: [], reasons: [reason('changed_since', subject, path)] };
  }
  const operation: Operation =
    route.targetPort === undefined ? { op: 'remove', path } : { op: 'replace', path, value: route.targetPort };
  return { operations: ports[index]!.targetPort === undefined ? [] : [operation], reasons: [] };
}

function result(decision: Uninjected['decision'], patch: readonly Operation[], reasons: readonly Reason[]): Uninjected {
  return { decision, patch, reasons, warnings: warningsOf(reasons) };
}
