/** An address in the text of a variable, as statsd clients write it. */
export interface TextAddress {
  readonly transport: 'udp' | 'tcp' | 'any';
  readonly host: string;
  /** Digits, as they stand there. */
  readonly port: string | undefined;
}

const transports: { readonly [scheme: string]: TextAddress['transport'] } = {
  udp: 'udp',
  udp4: 'udp',
  udp6: 'udp',
  statsd: 'udp',
  tcp: 'tcp',
  http: 'tcp',
  https: 'tcp',
};
const portsOfSchemes: { readonly [scheme: string]: string } = { http: '80', https: '443' };
const socketSchemes: ReadonlySet<string> = new Set(['unix', 'unixgram', 'unixstream', 'unixpacket']);

/** `host`, `host:port`, `:port`, `[::1]:port`, or a URL with these; a path behind it says nothing. */
export function addressIn(text: string): TextAddress {
  const { scheme, rest } = schemeIn(text);
  const [authority = ''] = rest.split(/[/?#]/, 1);
  const at = authority.lastIndexOf('@');
  const { host, port } = hostAndPort(authority.slice(at + 1));
  return {
    transport: (Object.hasOwn(transports, scheme) && transports[scheme]) || 'any',
    host,
    port: port ?? (Object.hasOwn(portsOfSchemes, scheme) ? portsOfSchemes[scheme] : undefined),
  };
}

/** The path of a Unix socket: `unix:///run/s.sock`, `unix:/run/s.sock` or a path alone. */
export function socketIn(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('/')) return trimmed;
  const { scheme, rest } = schemeIn(trimmed);
  if (socketSchemes.has(scheme)) return rest;
  return trimmed.startsWith('unix:') ? trimmed.slice('unix:'.length) : undefined;
}

function schemeIn(text: string): { readonly scheme: string; readonly rest: string } {
  const trimmed = text.trim();
  const end = trimmed.indexOf('://');
  if (end < 0) return { scheme: '', rest: trimmed };
  return { scheme: trimmed.slice(0, end).toLowerCase(), rest: trimmed.slice(end + '://'.length) };
}

function hostAndPort(text: string): { readonly host: string; readonly port: string | undefined } {
  const bracket = text.startsWith('[') ? text.indexOf(']') : -1;
  if (bracket > 0) {
    const behind = text.slice(bracket + 1);
    return { host: text.slice(1, bracket), port: behind.startsWith(':') ? behind.slice(1) : undefined };
  }
  const colon = text.indexOf(':');
  // More than one colon without brackets is an IPv6 address without a port.
  if (colon < 0 || colon !== text.lastIndexOf(':')) return { host: text, port: undefined };
  return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}
