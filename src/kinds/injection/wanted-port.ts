import { type Annotation, type GivenSettings, settingOf } from '../../contract/annotation.ts';
import type { Ports, Protocol, WantedPort } from './kind-plan.ts';

/** A port that an annotation sets. */
export function wantedPort(
  request: GivenSettings,
  name: string,
  protocol: Protocol,
  annotation: Annotation<number>,
): WantedPort {
  return { name, key: annotation.key, protocol, setting: settingOf(request, annotation) };
}

/** The chosen port of that name. Every wanted port is chosen, so a name without one is a bug. */
export function portOf(ports: Ports, name: string): number {
  const port = ports.get(name);
  if (port === undefined) throw new Error(`no port was planned for ${name}`);
  return port;
}

/** The address on loopback of a chosen port. */
export function loopback(ports: Ports, name: string): { readonly host: string; readonly port: number } {
  return { host: '127.0.0.1', port: portOf(ports, name) };
}

/** Nothing for the application. */
export const noVariables: ReadonlyMap<string, string> = new Map();
