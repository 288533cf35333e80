import { type Annotation, type GivenSettings, settingOf } from '../../contract/annotation.ts';
import { takenPortName } from '../../contract/names.ts';
import { quote } from '../../flags/codec.ts';
import type { Reason } from '../../inject/outcome/outcome.ts';
import { reason } from '../../inject/outcome/reason-text.ts';
import { actionsOf } from '../../inject/pod/container-actions.ts';
import { type DeclaredPort, declaredPorts } from '../../inject/pod/declared-ports.ts';
import type { Pod, PodContainer } from '../../inject/pod/pod.ts';
import { objectsOf, textOf } from '../../json/json.ts';
import { type Operation, pointer } from '../../json/operation.ts';
import type { Takeover } from './kind-plan.ts';

/** The settings that choose the application's port. */
export interface ProxyAnnotations {
  readonly 'app-port': Annotation<number | string | undefined>;
  readonly takeover: Annotation<boolean>;
}

/** The application's port behind HAProxy (0 where there is none), and the name that moves to HAProxy's port. */
export interface ProxyPlan {
  readonly appPort: number;
  readonly takeover?: Takeover;
  readonly reasons: readonly Reason[];
}

/** Finds the application's port: by name or number, or the first TCP port that is declared. */
export function planProxy(pod: Pod, request: GivenSettings, annotations: ProxyAnnotations): ProxyPlan {
  const wanted = settingOf(request, annotations['app-port']).value;
  const takeover = settingOf(request, annotations.takeover).value;
  const declared = declaredPorts(pod);
  const failed = (failure: Reason): ProxyPlan => ({ appPort: 0, reasons: [failure] });
  const subject = annotations['app-port'].key;
  if (typeof wanted === 'string' && !declared.some(({ name }) => name === wanted)) {
    return failed(reason('unknown_port_name', subject, `${quote(wanted)}; ${known(declared)}`));
  }
  if (wanted === undefined && declared.length === 0) return failed(reason('app_port_missing', subject));
  const found = declared.find(
    ({ name, port }) => wanted === undefined || wanted === (typeof wanted === 'string' ? name : port),
  );
  const appPort = typeof wanted === 'number' ? wanted : found!.port;
  if (!takeover) return { appPort, reasons: [] };
  if (found?.name === undefined) {
    return { appPort, reasons: [reason('takeover_unnamed', annotations.takeover.key, String(appPort))] };
  }
  return moved({ ...found, name: found.name }, declared, pod);
}

/**
 * Takes the name from every container that has it: a Service resolves it to the first in order, and HAProxy's container
 * is not the first. What resolves names in the container itself (probes, hooks) is given the number.
 */
function moved(
  found: DeclaredPort & { readonly name: string },
  declared: readonly DeclaredPort[],
  pod: Pod,
): ProxyPlan {
  const instead = freePortName(pod);
  const holders = declared.filter(({ name }) => name === found.name);
  const reasons: Reason[] = [];
  if (new Set(holders.map(({ port }) => port)).size > 1) {
    const detail = holders.map(({ container, port }) => `${quote(container.name)} ${port}`).join(', ');
    reasons.push(reason('port_name_ambiguous', found.name, `${detail}; ${found.port} is proxied`));
  }
  // A container that is not served keeps the name, and a Service may find it first.
  const keepers = pod.served === pod.containers ? [] : keepersOf(found.name, pod);
  if (keepers.length > 0) reasons.push(reason('port_name_ambiguous', found.name, `${keepers.join(', ')} keeps it`));
  const renames = holders.map(({ container, index }): Operation => {
    const path = pointer('spec', container.list, container.index, 'ports', index, 'name');
    return { op: 'replace', path, value: instead };
  });
  const numbers = holders.flatMap(({ container, port }) => numbered(container, found.name, port));
  const moves = holders.map(({ container, index, port }) => ({
    container: container.name,
    port,
    index,
    uses: usesOf(container, found.name),
  }));
  if (numbers.length > 0)
    reasons.push(reason('port_name_kept', found.name, numbers.map(({ path }) => path).join(', ')));
  const takeover = { name: found.name, edits: [...numbers, ...renames], moves };
  return { appPort: found.port, takeover, reasons };
}

function keepersOf(name: string, { containers, served }: Pod): string[] {
  const others = containers.filter((one) => !served.includes(one));
  return others
    .filter(({ json }) =>
      objectsOf(json.ports).some((port) => port.name === name && (port.protocol ?? 'TCP') === 'TCP'),
    )
    .map((one) => `container ${quote(one.name)}`);
}

/** A name that no port of the pod has: a Service may lead to the one that has ours. */
function freePortName({ containers, initContainers }: Pod): string {
  const ports = [...containers, ...initContainers].flatMap(({ json }) => objectsOf(json.ports));
  const taken = new Set(ports.map(({ name }) => textOf(name)));
  let free: string = takenPortName;
  for (let number = 2; taken.has(free); number++) free = `${takenPortName}-${number}`;
  return free;
}

function numbered({ list, index, json }: PodContainer, name: string, port: number): Operation[] {
  const base = pointer('spec', list, index);
  return usesOf({ json }, name).map((path) => ({ op: 'replace', path: `${base}/${path}/port`, value: port }));
}

/** The probes and hooks of a container that call a port by its name. */
function usesOf({ json }: Pick<PodContainer, 'json'>, name: string): string[] {
  return [...actionsOf(json)].filter(({ action }) => action.port === name).map(({ path }) => path);
}

function known(declared: readonly DeclaredPort[]): string {
  const names = [...new Set(declared.flatMap(({ name }) => (name === undefined ? [] : [name])))];
  return names.length === 0 ? 'no TCP port has a name' : `there is ${names.slice(0, 10).join(', ')}`;
}
