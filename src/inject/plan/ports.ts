import { quote } from '../../flags/codec.ts';
import { type JsonObject, numberOf, objectsOf } from '../../json/json.ts';
import type { Ports, Protocol, WantedPort } from '../../kinds/injection/kind-plan.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import { actionsOf } from '../pod/container-actions.ts';
import type { Pod } from '../pod/pod.ts';

/** The holders of the ports of the pod's network, by port and protocol. */
export type PortTable = ReadonlyMap<string, string>;

export interface ChosenPorts {
  readonly ports: Ports;
  readonly reasons: readonly Reason[];
}

/** Linux's default range of outgoing connections: what listens there loses its port to one now and then. */
const ephemeral = { first: 32_768, last: 60_999 };

const slotOf = (port: number, protocol: Protocol) => `${port}/${protocol}`;

/**
 * The ports of the pod's containers, TCP and UDP apart: those declared, and those that probes and hooks show to be open
 * though nobody declared them. Host ports are the node's and clash with nothing here.
 */
export function takenPorts({ containers, initContainers }: Pod): Map<string, string> {
  const taken = new Map<string, string>();
  const take = (port: number | undefined, protocol: string, holder: string) => {
    if (port === undefined || (protocol !== 'TCP' && protocol !== 'UDP')) return;
    if (!taken.has(slotOf(port, protocol))) taken.set(slotOf(port, protocol), holder);
  };
  for (const { name, json } of [...containers, ...initContainers]) {
    const holder = `container ${quote(name)}`;
    for (const port of objectsOf(json.ports)) {
      take(numberOf(port.containerPort), String(port.protocol ?? 'TCP'), holder);
    }
    for (const port of probedPorts(json)) take(port, 'TCP', `a probe of ${holder}`);
  }
  return taken;
}

/** Takes a further TCP port that is known to be the application's. */
export function takeTcp(taken: Map<string, string>, port: number, holder: string): void {
  if (!taken.has(slotOf(port, 'TCP'))) taken.set(slotOf(port, 'TCP'), holder);
}

/**
 * A port for each: what the pod asked for stands, or is an error where it is taken; a default gives way to the next
 * free port above it that no outgoing connection may hold.
 */
export function choosePorts(taken: PortTable, wanted: readonly WantedPort[]): ChosenPorts {
  const held = new Map(taken);
  const ports = new Map<string, number>();
  const reasons: Reason[] = [];
  const asked = wanted.filter(({ setting }) => setting.source === 'annotation');
  for (const { name, key, protocol, setting } of asked) {
    const holder = held.get(slotOf(setting.value, protocol));
    if (holder !== undefined) reasons.push(reason('port_taken', key, `${holder} has ${setting.value}/${protocol}`));
    reasons.push(...remarks(key, setting.value));
    held.set(slotOf(setting.value, protocol), key);
    ports.set(name, setting.value);
  }
  for (const { name, key, protocol, setting } of wanted) {
    if (setting.source === 'annotation') continue;
    const port = nextFree(setting.value, protocol, held);
    if (port === undefined) {
      reasons.push(reason('port_taken', key, `no port from ${setting.value} up is free`));
    } else if (port !== setting.value) {
      const holder = held.get(slotOf(setting.value, protocol));
      reasons.push(reason('port_moved', key, `${holder} has ${setting.value}/${protocol}; ${port}`));
    }
    held.set(slotOf(port ?? setting.value, protocol), key);
    ports.set(name, port ?? setting.value);
  }
  return { ports: new Map(wanted.map(({ name }) => [name, ports.get(name)!])), reasons };
}

function nextFree(from: number, protocol: Protocol, held: PortTable): number | undefined {
  if (!held.has(slotOf(from, protocol))) return from;
  for (let port = from + 1; port <= 65_535; port++) {
    if (port >= ephemeral.first && port <= ephemeral.last) port = ephemeral.last + 1;
    if (!held.has(slotOf(port, protocol))) return port;
  }
  return undefined;
}

function remarks(key: string, port: number): Reason[] {
  if (port >= ephemeral.first && port <= ephemeral.last) return [reason('ephemeral_port', key, String(port))];
  return port < 1024 ? [reason('privileged_port', key, String(port))] : [];
}

function* probedPorts(container: JsonObject): Generator<number> {
  for (const { action } of actionsOf(container)) {
    const port = numberOf(action.port);
    // An action with a host of its own looks at another machine.
    if (port !== undefined && (action.host ?? '') === '') yield port;
  }
}
