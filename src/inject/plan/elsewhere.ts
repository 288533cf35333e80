import { quote } from '../../flags/codec.ts';
import type { Destination, Listener } from '../../kinds/injection/destination.ts';
import { type EnvItems, type EnvValue, envValue, referenceIn } from '../pod/env-value.ts';
import { addressIn, socketIn, type TextAddress } from './address.ts';

/** Characters of a host that are shown; more would cut off the listener's address behind it. */
const longestHost = 48;

/** Hosts by which a sender reaches 127.0.0.1. Linux sends to 0.0.0.0 there, too. */
const loopbackHosts: ReadonlySet<string> = new Set(['', 'localhost', 'localhost.', '127.0.0.1', '0.0.0.0']);

/** Another address than ours, in words, and the variables that give it. */
export interface Elsewhere {
  readonly address: string;
  readonly by: readonly string[];
}

/**
 * The address that a container's own variables lead to, where that is not our listener. Undefined where it is, and
 * where the pod does not tell enough of it.
 * @param names the variables of the group that the container defines, in the order in which clients prefer them
 */
export function elsewhere(names: readonly string[], items: EnvItems, destination: Destination): Elsewhere | undefined {
  const { parts } = destination.group;
  let host: { readonly name: string; readonly value: EnvValue } | undefined;
  let port: typeof host;
  for (const name of names) {
    const value = envValue(items.get(name)!, items);
    // Clients take an empty variable for an absent one.
    if ('text' in value && value.text.trim() === '') continue;
    const part = parts.get(name);
    if (part === 'host') host ??= { name, value };
    else if (part === 'port') port ??= { name, value };
    else return ofWhole(name, value, part === 'socket', items, destination);
  }
  const inHost = host !== undefined && 'text' in host.value ? addressIn(host.value.text) : undefined;
  const address = away(
    {
      transport: inHost?.transport ?? 'any',
      host: inHost === undefined ? (host?.value ?? { text: '' }) : { text: inHost.host },
      port: port?.value ?? (inHost?.port === undefined ? undefined : { text: inHost.port }),
    },
    items,
    destination,
  );
  if (address === undefined) return undefined;
  const by = [host, port].flatMap((one) => (one === undefined ? [] : [one.name]));
  return { address, by: by.length > 0 ? by : names };
}

/** The same for a variable that holds a whole address. */
function ofWhole(
  name: string,
  value: EnvValue,
  isSocket: boolean,
  items: EnvItems,
  destination: Destination,
): Elsewhere | undefined {
  if (!('text' in value)) return undefined;
  const socket = isSocket ? (socketIn(value.text) ?? value.text) : socketIn(value.text);
  if (socket !== undefined) return { address: `the socket ${shown(socket)}`, by: [name] };
  const { transport, host, port } = addressIn(value.text);
  // A reference may stand for the whole address, with a port of its own.
  if (port === undefined && host.includes('$(')) return undefined;
  const parts = { transport, host: { text: host }, port: port === undefined ? undefined : { text: port } };
  const address = away(parts, items, destination);
  return address === undefined ? undefined : { address, by: [name] };
}

interface Parts {
  readonly transport: TextAddress['transport'];
  readonly host: EnvValue;
  readonly port: EnvValue | undefined;
}

/** The address in words where it is not the listener's. */
function away(
  { transport, host: given, port }: Parts,
  items: EnvItems,
  { listener, group }: Destination,
): string | undefined {
  const host = referred(given, items);
  const number = port === undefined ? group.defaultPort : portNumber(port);
  const ports = transport === 'any' ? [listener.udp, listener.tcp] : [listener[transport]];
  const isOurPort = number === undefined ? undefined : ports.includes(number);
  // A part that the pod does not tell may be right.
  if (isOurPort !== false && isOurHost(host, listener) !== false) return undefined;
  if (!('text' in host)) return number === undefined ? host.words : `${host.words}, port ${number}`;
  const shownHost = hostText(host.text);
  return number === undefined ? shownHost : `${shownHost}:${number}`;
}

/** The source of the variable that a text refers to, where the text is one reference. */
function referred(value: EnvValue, items: EnvItems): EnvValue {
  const name = 'text' in value ? referenceIn(value.text) : undefined;
  const item = name === undefined ? undefined : items.get(name);
  if (item === undefined) return value;
  const source = envValue(item, items);
  return 'text' in source ? value : source;
}

/** Undefined where the pod does not tell the host. */
function isOurHost(host: EnvValue, { remote = false }: Listener): boolean | undefined {
  if ('text' in host) {
    if (host.text.includes('$(')) return undefined;
    return loopbackHosts.has(host.text.trim().toLowerCase());
  }
  if (host.place === 'unknown') return undefined;
  return host.place === 'pod' && remote;
}

function portNumber(port: EnvValue): number | undefined {
  if (!('text' in port)) return undefined;
  const digits = port.text.trim();
  return /^\d{1,5}$/.test(digits) ? Number(digits) : undefined;
}

function hostText(host: string): string {
  if (host.trim() === '') return '127.0.0.1';
  return host.includes(':') && /^[0-9a-fA-F:.%]+$/.test(host) ? `[${shown(host)}]` : shown(host);
}

/** A text of the pod for a sentence: as it is where it is harmless. */
function shown(text: string): string {
  const part = text.length > longestHost ? `${text.slice(0, longestHost - 3)}...` : text;
  return /^[\w./:$()-]+$/.test(part) ? part : quote(part);
}
