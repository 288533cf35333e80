import { serviceAnnotations } from '../../contract/service-annotations.ts';
import { quote } from '../../flags/codec.ts';
import { type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from '../../json/json.ts';
import { type Operation, pointer } from '../../json/operation.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';

/** A port of a Service that takes TCP. */
export interface ServicePort {
  /** Among the ports of the Service. */
  readonly index: number;
  readonly port: number;
  readonly name: string | undefined;
  /** The number of a port of the pods, or the name of one; a Service that writes none means its own port. */
  readonly target: number | string;
  /** As the Service has it: absent where it writes none. */
  readonly targetPort: Json | undefined;
  readonly appProtocol: string | undefined;
}

/** The TCP ports of a Service. */
export function tcpPorts(service: JsonObject): readonly ServicePort[] {
  return (listOf(objectOf(service.spec)?.ports) ?? []).flatMap((item, index): ServicePort[] => {
    const json = objectOf(item);
    const port = numberOf(json?.port);
    if (json === undefined || port === undefined || (json.protocol ?? 'TCP') !== 'TCP') return [];
    const { targetPort } = json;
    // The API server takes 0 and an empty text for no target.
    const target = numberOf(targetPort) || textOf(targetPort) || port;
    return [{ index, port, name: textOf(json.name), target, targetPort, appProtocol: textOf(json.appProtocol) }];
  });
}

/** The port of a Service that is to lead through HAProxy: the asked one, or the first. */
export function routedPort(
  ports: readonly ServicePort[],
  wanted: number | string | undefined,
): ServicePort | undefined {
  return ports.find(({ port, name }) => wanted === undefined || wanted === (typeof wanted === 'string' ? name : port));
}

/** The field of a Service's target port; the API server fills it where the Service writes none. */
export function targetField({ index }: ServicePort): string {
  return `spec.ports[${index}].targetPort`;
}

/** The protocols of a Service's `appProtocol` that HAProxy passes; a Service that names none may speak any. */
const passed: ReadonlySet<string | undefined> = new Set([
  undefined,
  ...['http', 'http2', 'grpc', 'grpc-web', 'ws', 'kubernetes.io/h2c', 'kubernetes.io/ws'],
]);

/**
 * Whether a Service leads through HAProxy. The Service itself stays as it is: a number leads to the same port of every
 * pod, also of one without HAProxy, and nobody listens there. A name is looked up in each pod, so it leads to HAProxy
 * where HAProxy has taken the name over, and to the application elsewhere.
 */
export function judgeRoute(
  service: JsonObject,
  wanted: number | string | undefined,
  listenPort: number,
): readonly Reason[] {
  const { key } = serviceAnnotations.route;
  if (objectOf(service.spec)?.clusterIP === 'None') return [reason('service_headless', key)];
  const found = routedPort(tcpPorts(service), wanted);
  if (found === undefined) {
    return [reason('service_port_unknown', key, wanted === undefined ? '' : quote(String(wanted)))];
  }
  const field = targetField(found);
  const reasons: Reason[] = [];
  if (typeof found.target === 'string') reasons.push(reason('service_named_port', field, quote(found.target)));
  else if (found.target === listenPort) reasons.push(reason('service_proxy_number', field, String(found.target)));
  else reasons.push(reason('service_number', field, `${found.target}: name it in the pods, roll out, write the name`));
  if (!passed.has(found.appProtocol)) {
    reasons.push(reason('service_not_http', `spec.ports[${found.index}].appProtocol`, quote(found.appProtocol!)));
  }
  return reasons;
}

/** A Service whose target port stands as its record says, and what changed for it. */
export interface RestoredTarget {
  readonly service: JsonObject;
  readonly operations: readonly Operation[];
  readonly reasons: readonly Reason[];
}

/**
 * Takes back the target port that an earlier version wrote: HAProxy's number, to which a Service led whether HAProxy
 * was there or not. A target that somebody changed since stays.
 *
 * @param before the Service's port, its target before (absent where it had none), and the one that was written
 */
export function restoreTarget(service: JsonObject, before: JsonObject, listenPort: number): RestoredTarget {
  const found = tcpPorts(service).find(({ port }) => port === before.port);
  const targetPort = numberOf(before.targetPort) ?? textOf(before.targetPort);
  // A record that somebody wrote by hand may hold anything. The first versions did not record the target they wrote.
  const isReadable = targetPort === before.targetPort;
  if (found === undefined || !isReadable || found.targetPort !== (before.to ?? listenPort)) {
    return { service, operations: [], reasons: [] };
  }
  const path = pointer('spec', 'ports', found.index, 'targetPort');
  const operation: Operation =
    targetPort === undefined ? { op: 'remove', path } : { op: 'replace', path, value: targetPort };
  const shown = String(targetPort ?? found.port);
  return {
    service: withTarget(service, found.index, targetPort),
    operations: [operation],
    reasons: [reason('service_restored', targetField(found), shown)],
  };
}

function withTarget(service: JsonObject, index: number, targetPort: Json | undefined): JsonObject {
  const spec = objectOf(service.spec) ?? {};
  const ports = (spec.ports as readonly Json[]).map((json, i) => {
    if (i !== index) return json;
    const { targetPort: _, ...rest } = json as JsonObject;
    return targetPort === undefined ? rest : { ...rest, targetPort };
  });
  return { ...service, spec: { ...spec, ports } };
}
