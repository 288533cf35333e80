/** The part of an address that a variable holds: all of it (`host:port` or a URL), or one half, or a socket's path. */
export type AddressPart = 'address' | 'socket' | 'host' | 'port';

/** The variables by which clients find one destination. A container that defines one of them decides about all. */
export interface VariableGroup {
  /** By name, in the order in which clients prefer them. */
  readonly parts: ReadonlyMap<string, AddressPart>;
  /** The port of the clients where no variable gives one. */
  readonly defaultPort?: number;
  /** A bit for each length and first two characters of the names: it rules out most names of an environment cheaply. */
  readonly lengths: number;
  readonly initials: number;
  readonly seconds: number;
}

/** A listener of ours that the application sends to. */
export interface Listener {
  /** The word for it in a sentence: `the sidecar`. */
  readonly name: string;
  /** Its ports on 127.0.0.1. */
  readonly udp?: number;
  readonly tcp?: number;
  /** Whether it listens on the pod's address, too. */
  readonly remote?: boolean;
}

/** A listener, the variables that lead the application there, and the group that these are of. */
export interface Destination {
  readonly listener: Listener;
  /** Those that a container is given, with their values; all of them, or none. */
  readonly variables: ReadonlyMap<string, string>;
  readonly group: VariableGroup;
}

export function variableGroup(
  parts: Readonly<Record<string, AddressPart>>,
  { defaultPort }: { readonly defaultPort?: number } = {},
): VariableGroup {
  const names = Object.keys(parts);
  return {
    parts: new Map(Object.entries(parts)),
    ...(defaultPort !== undefined && { defaultPort }),
    lengths: names.reduce((bits, { length }) => bits | (1 << length), 0),
    initials: names.reduce((bits, name) => bits | (1 << name.charCodeAt(0)), 0),
    seconds: names.reduce((bits, name) => bits | (1 << name.charCodeAt(1)), 0),
  };
}

/** A destination that one variable leads to, as a URL. */
export function urlDestination(variable: string, url: string, listener: Listener): Destination {
  return { listener, variables: new Map([[variable, url]]), group: variableGroup({ [variable]: 'address' }) };
}

/** Nothing for the application. */
export const noDestinations: readonly Destination[] = [];
