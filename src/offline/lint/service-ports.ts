import { container } from '../../contract/names.ts';
import { takeoverOf } from '../../inject/pod/status-annotation.ts';
import type { ServicePort } from '../../inject/service/route.ts';
import { type JsonObject, listOf, numberOf, objectOf, objectsOf, textListOf, textOf } from '../../json/json.ts';
import { haproxyAnnotations } from '../../kinds/haproxy.ts';
import type { LocatedEvaluation } from '../evaluate/evaluate.ts';
import { objectName } from './sentences.ts';

/** A TCP port of a pod's container that a Service finds by its name. */
interface NamedPort {
  readonly container: string;
  readonly port: number;
  readonly name: string | undefined;
}

/** A pod or pod template behind a Service, as the Service looks its ports up. */
export interface PortsOfPod {
  readonly pod: string;
  readonly firstContainer: string;
  readonly ports: readonly NamedPort[];
  /** Whether HAProxy is or will be in it, and the name that HAProxy takes over. */
  readonly hasProxy: boolean;
  readonly takes: string | undefined;
}

/** @param status of the pod, as it is or will be injected */
export function portsOfPod({ object, evaluation }: LocatedEvaluation, status: JsonObject | undefined): PortsOfPod {
  const spec = objectOf(evaluation.location.value.spec);
  const natives = objectsOf(spec?.initContainers).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const containers = [...objectsOf(spec?.containers), ...natives];
  return {
    pod: objectName(object),
    firstContainer: textOf(containers[0]?.name) ?? '',
    ports: containers.flatMap(tcpPortsOf),
    hasProxy: textListOf(status?.kinds).includes('haproxy'),
    takes: status === undefined ? undefined : takeoverOf(status),
  };
}

function tcpPortsOf({ name, ports }: JsonObject): readonly NamedPort[] {
  return (listOf(ports) ?? []).flatMap((item): NamedPort[] => {
    const json = objectOf(item);
    const port = numberOf(json?.containerPort);
    if (json === undefined || port === undefined || (json.protocol ?? 'TCP') !== 'TCP') return [];
    return [{ container: textOf(name) ?? '', port, name: textOf(json.name) }];
  });
}

/** The pods that have no port of the name: a Service that names it sends them nothing. */
export function withoutPort(pods: readonly PortsOfPod[], name: string): readonly string[] {
  return pods.filter(({ ports, takes }) => takes !== name && !ports.some((one) => one.name === name)).map(podOf);
}

/** The pods whose HAProxy does not take the name over. */
export function pastProxy(pods: readonly PortsOfPod[], name: string): readonly string[] {
  return pods.filter(({ hasProxy, takes }) => hasProxy && takes !== name).map(podOf);
}

const podOf = ({ pod }: PortsOfPod) => pod;

/** The annotations that give HAProxy the name, for a sentence. */
export function takeoverEdit(name: string): string {
  return `${haproxyAnnotations.takeover.key}: "true" and ${haproxyAnnotations['app-port'].key}: "${name}"`;
}

/**
 * The edits that lead a Service with a number through HAProxy, in the order in which no request is lost: a Service
 * that names a port sends nothing to a pod that does not have it.
 */
export function editOfNumber(pods: readonly PortsOfPod[], port: ServicePort): string {
  const number = Number(port.target);
  const name = nameFor(pods, port, number);
  const unnamed = pods.find(({ ports }) => !ports.some((one) => one.port === number && one.name === name));
  const then = `write targetPort: ${name} in the Service`;
  if (unnamed === undefined) {
    return pastProxy(pods, name).length === 0
      ? `${capital(then)}, once the pods that run have the name.`
      : `Write ${takeoverEdit(name)} on the pods; ${then}, once the pods that run have the name.`;
  }
  const { ports, firstContainer, pod } = unnamed;
  const holder = ports.find((one) => one.port === number)?.container ?? firstContainer;
  return (
    `Write {name: ${name}, containerPort: ${number}} under the ports of container ${holder} in ${pod}, and ` +
    `${takeoverEdit(name)}; roll it out; then ${then}.`
  );
}

/** The name that the pods have for the number, or a free one that the API server takes. */
function nameFor(pods: readonly PortsOfPod[], port: ServicePort, number: number): string {
  const taken = new Set<string>();
  for (const { ports } of pods) {
    for (const one of ports) {
      if (one.name === undefined) continue;
      if (one.port === number && !one.container.startsWith(container.sidecar)) return one.name;
      taken.add(one.name);
    }
  }
  const isFree = (name: string) => isPortName(name) && !taken.has(name);
  return [port.name ?? '', 'http', `http-${number}`].find(isFree) ?? `port-${number}`;
}

/** As the API server checks the names of container ports (IANA_SVC_NAME). */
function isPortName(name: string): boolean {
  return name.length <= 15 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && /[a-z]/.test(name);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
