import { kindAnnotations } from '../contract/annotations.ts';
import { takenPortName } from '../contract/names.ts';
import { quote } from '../flags/codec.ts';
import { numberOf, objectsOf, textOf } from './json.ts';
import { type Operation, pointer } from './operation.ts';
import type { Reason } from './outcome.ts';
import type { Pod, PodContainer } from './pod.ts';
import { actionsOf } from './ports.ts';
import { reason } from './reason-text.ts';
import { type Request, settingOf } from './request.ts';

/** The application's port behind HAProxy, and the name that moves to HAProxy's port. */
export interface ProxyPlan {
  readonly appPort: number;
  /** The port's name that HAProxy takes over. */
  readonly name?: string;
  /** What the move changes in the application's containers. */
  readonly edits: readonly Operation[];
  readonly reasons: readonly Reason[];
}

interface AppPort {
  readonly container: PodContainer;
  readonly index: number;
  readonly port: number;
  readonly name: string | undefined;
}

const annotations = kindAnnotations.haproxy;

/** Finds the application's port: by name or number, or the first TCP port that is declared. */
export function planProxy(pod: Pod, request: Request): ProxyPlan {
  const wanted = settingOf(request, annotations['app-port']).value;
  const takeover = settingOf(request, annotations.takeover).value;
  const declared = declaredPorts(pod);
  const failed = (failure: Reason): ProxyPlan => ({ appPort: 0, edits: [], reasons: [failure] });
  const subject = annotations['app-port'].key;
  if (typeof wanted === 'string' && !declared.some(({ name }) => name === wanted)) {
    return failed(reason('unknown_port_name', subject, `${quote(wanted)}; ${known(declared)}`));
  }
  if (wanted === undefined && declared.length === 0) return failed(reason('app_port_missing', subject));
  const found = declared.find(
    ({ name, port }) => wanted === undefined || wanted === (typeof wanted === 'string' ? name : port),
  );
  const appPort = typeof wanted === 'number' ? wanted : found!.port;
  if (!takeover) return { appPort, edits: [], reasons: [] };
  if (found?.name === undefined) {
    return { appPort, edits: [], reasons: [reason('takeover_unnamed', annotations.takeover.key, String(appPort))] };
  }
  return moved({ ...found, name: found.name }, declared);
}

/** TCP ports of the application's containers. */
export function declaredPorts({ containers }: Pod): AppPort[] {
  return containers.flatMap((container) =>
    objectsOf(container.json.ports).flatMap((json, index) => {
      const port = numberOf(json.containerPort);
      if (port === undefined || (json.protocol ?? 'TCP') !== 'TCP') return [];
      return [{ container, index, port, name: textOf(json.name) }];
    }),
  );
}

/**
 * Takes the name from every container that has it: a Service resolves it to the first in order, and HAProxy's container
 * is not the first. What resolves names in the container itself (probes, hooks) is given the number.
 */
function moved(found: AppPort & { readonly name: string }, declared: readonly AppPort[]): ProxyPlan {
  const holders = declared.filter(({ name }) => name === found.name);
  const reasons: Reason[] = [];
  if (new Set(holders.map(({ port }) => port)).size > 1) {
    const detail = holders.map(({ container, port }) => `${quote(container.name)} ${port}`).join(', ');
    reasons.push(reason('port_name_ambiguous', found.name, `${detail}; ${found.port} is proxied`));
  }
  const renames = holders.map(({ container, index }): Operation => {
    const path = pointer('spec', 'containers', container.index, 'ports', index, 'name');
    const free = objectsOf(container.json.ports).every(({ name }) => name !== takenPortName);
    return free ? { op: 'replace', path, value: takenPortName } : { op: 'remove', path };
  });
  const numbers = holders.flatMap(({ container, port }) => numbered(container, found.name, port));
  if (numbers.length > 0)
    reasons.push(reason('port_name_kept', found.name, numbers.map(({ path }) => path).join(', ')));
  return { appPort: found.port, name: found.name, edits: [...numbers, ...renames], reasons };
}

function numbered({ index, json }: PodContainer, name: string, port: number): Operation[] {
  return [...actionsOf(json)]
    .filter(({ action }) => action.port === name)
    .map(({ path }) => ({ op: 'replace', path: `${pointer('spec', 'containers', index)}/${path}/port`, value: port }));
}

function known(declared: readonly AppPort[]): string {
  const names = [...new Set(declared.flatMap(({ name }) => (name === undefined ? [] : [name])))];
  return names.length === 0 ? 'no TCP port has a name' : `there is ${names.slice(0, 10).join(', ')}`;
}
