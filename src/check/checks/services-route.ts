import { managedAnnotation } from '../../contract/names.ts';
import { serviceAnnotations } from '../../contract/service-annotations.ts';
import { readStatus, takeoverOf } from '../../inject/pod/status-annotation.ts';
import { routedPort, type ServicePort, tcpPorts } from '../../inject/service/route.ts';
import { type Json, type JsonObject, numberOf, objectOf, objectsOf, textOf, textsOf } from '../../json/json.ts';
import { pointer } from '../../json/operation.ts';
import type { KubeObject } from '../../kube/kube.ts';
import { counted } from '../../text/counted.ts';
import { podsPath } from '../cluster/injected-pods.ts';
import { selectorText } from '../cluster/label-selector.ts';
import { get, list } from '../cluster/reading.ts';
import type { Check, Context } from '../finding/check.ts';
import { firstLines, ok, type Read, unread, warning } from '../finding/finding.ts';

const { route, 'route-port': routePort } = serviceAnnotations;

/** The ports of a running pod that a Service finds by name, and the one that HAProxy took over. */
interface PodPorts {
  readonly names: ReadonlySet<string>;
  readonly takes: string | undefined;
}

const asJson = (object: KubeObject) => object as unknown as JsonObject;

function podPorts(pod: KubeObject): PodPorts {
  const spec = objectOf(asJson(pod).spec);
  const natives = objectsOf(spec?.initContainers).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const ports = [...objectsOf(spec?.containers), ...natives].flatMap((one) => objectsOf(one.ports));
  const tcp = ports.filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP');
  const status = readStatus(pod.metadata.annotations?.[managedAnnotation.status]);
  return {
    names: new Set(tcp.flatMap(({ name }) => textOf(name) ?? [])),
    takes: status?.injected === true ? takeoverOf(status) : undefined,
  };
}

/** The problems of a Service that asks for HAProxy, or that an earlier version led there. */
async function lineOf(context: Context, service: KubeObject): Promise<Read<string | undefined>> {
  const { annotations = {}, namespace = '', name } = service.metadata;
  const json = asJson(service);
  const where = `Service ${namespace}/${name}`;
  const ports = tcpPorts(json);
  const written = writtenLine(where, service, ports);
  if (written !== undefined) return { ok: true, value: written };
  const asked = routePort.codec.parse(annotations[routePort.key] ?? '');
  const port = routedPort(ports, asked.ok ? asked.value : undefined);
  const labelSelector = selectorText({ matchLabels: Object.fromEntries(textsOf(objectOf(json.spec)?.selector)) });
  if (annotations[route.key] !== 'true' || port === undefined) return { ok: true, value: undefined };
  if (labelSelector === '') return { ok: true, value: `${where} asks for HAProxy, but has no selector: give it one` };
  const fieldSelector = 'status.phase!=Succeeded,status.phase!=Failed';
  const query = { labelSelector, fieldSelector };
  const pods = await list(context.kube, podsPath(namespace), { query, keep: podPorts });
  if (!pods.ok) return { ok: false, problem: unread(pods.problem, 'list pods') };
  return { ok: true, value: portLine(where, port, pods.value) };
}

function portLine(where: string, { target }: ServicePort, pods: readonly PodPorts[]): string | undefined {
  if (pods.length === 0) return `${where} asks for HAProxy, but its selector matches no pod: correct the selector`;
  if (typeof target === 'number') {
    const first = pods[0]!.takes;
    const all = first !== undefined && pods.every(({ takes }) => takes === first);
    const cure = all
      ? `every pod gives the name ${first} to HAProxy: write targetPort: ${first}`
      : 'name the port in the pod template, set takeover and roll it out; then write the name';
    return `${where} leads to the number ${target}, which is the same in every pod: ${cure}`;
  }
  const of = (some: readonly PodPorts[]) => `${some.length} of ${counted(pods.length, 'pod')}`;
  const lacking = pods.filter(({ names }) => !names.has(target));
  if (lacking.length > 0) {
    const name = `names the port ${target}, and ${of(lacking)} do not have it: no request comes there`;
    return `${where} ${name}; name it in their template`;
  }
  const past = pods.filter(({ takes }) => takes !== target);
  if (past.length === 0) return undefined;
  const cure = 'set takeover, and restart pods that were missed';
  return `${where} leads past HAProxy in ${of(past)}, which do not take ${target} over: ${cure}`;
}

/** The number that an earlier version wrote, while it stands there. */
function writtenLine(where: string, { metadata }: KubeObject, ports: readonly ServicePort[]): string | undefined {
  const before = objectOf(readStatus(metadata.annotations?.[managedAnnotation.status])?.route);
  const port = ports.find((one) => one.port === numberOf(before?.port));
  if (before === undefined || port === undefined || port.targetPort !== before.to) return undefined;
  const value: Json = numberOf(before.targetPort) ?? textOf(before.targetPort) ?? port.port;
  const patch = [{ op: 'replace', path: pointer('spec', 'ports', port.index, 'targetPort'), value }];
  const object = `service ${metadata.name} -n ${metadata.namespace}`;
  const command = `kubectl patch ${object} --type=json -p '${JSON.stringify(patch)}'`;
  const still = `still leads to HAProxy's number ${port.target}, which an earlier version wrote`;
  return `${where} ${still}; pods without HAProxy do not answer there: ${command}`;
}

async function lines(context: Context): Promise<Read<string[]>> {
  const services = await list(context.kube, '/api/v1/services', {
    metadataOnly: true,
    keep: ({ metadata: { annotations = {}, namespace, name } }) => {
      const isWritten = annotations[managedAnnotation.status]?.includes('"route"') === true;
      return annotations[route.key] === 'true' || isWritten ? { namespace: namespace!, name } : undefined;
    },
  });
  if (!services.ok) return { ok: false, problem: unread(services.problem, 'list services') };
  const found: string[] = [];
  for (const { namespace, name } of services.value) {
    const service = await get<KubeObject>(context.kube, `/api/v1/namespaces/${namespace}/services/${name}`);
    if (!service.ok) continue;
    const line = await lineOf(context, service.value);
    if (!line.ok) return line;
    if (line.value !== undefined) found.push(line.value);
  }
  return { ok: true, value: found };
}

export const servicesRoute: Check = {
  id: 'services.route',
  title: 'Services that ask for HAProxy lead through it',
  category: 'pods',
  needs: ['kubernetes.reachable'],
  async run(context) {
    const found = await lines(context);
    if (!found.ok) return found.problem;
    if (found.value.length === 0) return ok('Services that ask for HAProxy lead through it');
    const services = counted(found.value.length, 'Service');
    const message = `requests go past HAProxy, or nowhere, in ${services}: see the lines below`;
    return warning(message, firstLines(found.value));
  },
};
