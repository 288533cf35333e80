import type { ClientRequest } from 'node:http';
import { isIP, type Socket } from 'node:net';

/** The phases of a request. */
export type Phase = 'DNS' | 'TCP' | 'TLS' | 'HTTP';

/** Follows a request to `host` from its name look-up to its answer; the result returns the phase of a failed one. */
export function followPhase(request: ClientRequest, host: string, secure: boolean): () => Phase {
  let phase: Phase = isIP(host) === 0 ? 'DNS' : 'TCP';
  request.once('socket', (socket: Socket) => {
    // An open socket (the agent's, or a proxy's tunnel) is past these phases; listeners would pile up on it.
    if (!socket.connecting) {
      phase = 'HTTP';
      return;
    }
    socket.once('lookup', (error: Error | null) => {
      if (error === null) phase = 'TCP';
    });
    socket.once('connect', () => {
      phase = secure ? 'TLS' : 'HTTP';
    });
    socket.once('secureConnect', () => {
      phase = 'HTTP';
    });
  });
  return () => phase;
}

const dnsErrors = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME']);
const tcpErrors = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTDOWN', 'ENETDOWN']);

/**
 * Why there was no answer, with the phase that failed: each phase has a different remedy (name service, firewall or
 * dead server, certificates, load).
 */
export function failureText(error: Error & { readonly code?: string }, phase: Phase, server: string): string {
  const code = error.code ?? '';
  if (dnsErrors.has(code)) return `DNS: the name of ${server} does not resolve (${code})`;
  if (tcpErrors.has(code)) return `TCP: ${server} is not reachable (${code})`;
  if (phase === 'DNS' || phase === 'TCP') return `TCP: no connection to ${server} (${messageOf(error)})`;
  if (phase === 'TLS') return `TLS: no trusted connection to ${server} (${messageOf(error)})`;
  return `HTTP: ${server} gave no whole answer (${messageOf(error)})`;
}

/** As `failureText` for a request that ran out of time. */
export function timeoutText(phase: Phase, server: string, milliseconds: number): string {
  const after = `timeout after ${milliseconds / 1000} s`;
  if (phase === 'DNS') return `DNS: ${after} while the name of ${server} was looked up`;
  if (phase === 'TCP') return `TCP: ${after} while connecting to ${server}`;
  if (phase === 'TLS') return `TLS: ${after} in the handshake with ${server}`;
  return `HTTP: ${after} without a whole answer from ${server}`;
}

/** An `AggregateError` (a host with several addresses) has no message of its own. */
function messageOf(error: Error & { readonly code?: string }): string {
  return error.message === '' ? (error.code ?? error.name) : error.message;
}
