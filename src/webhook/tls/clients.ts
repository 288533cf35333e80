import type { X509Certificate } from 'node:crypto';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { periodOf } from '../../certificates/pem/period.ts';
import type { WebhookSettings } from '../../contract/webhook.ts';
import { quote } from '../../flags/codec.ts';
import type { Problem, ProblemCode } from '../protocol/request-problem.ts';
import type { ClientCa } from './client-ca.ts';

/** Decides which callers of the TLS port are answered. */
export interface Clients {
  /** To be called before the server listens: a caller is verified at the end of its handshake. */
  watch(server: Server): void;
  /** Why the caller at the other end of a connection is not answered; undefined where it is. */
  problem(socket: Socket): Problem | undefined;
  /** Whether the authorities changed since the caller was verified: its connection ends with the next answer. */
  isOutdated(socket: Socket): boolean;
  /** The authorities in use; undefined: every caller is answered. */
  ca(): ClientCa | undefined;
  /** Verifies later handshakes by these authorities. */
  use(ca: ClientCa | undefined): void;
  /** When the first client certificate of the open connections expires; milliseconds since the epoch. */
  expires(): number | undefined;
}

/** The result of one caller's verification. */
interface Verification {
  readonly problem: Problem | undefined;
  readonly ca: ClientCa | undefined;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/**
 * OpenSSL verifies chain, period and extended key usage during the handshake, and the handshake succeeds in any case: a
 * refused caller gets an HTTP status with the reason, which the API server logs and shows. A TLS alert would tell it
 * "bad certificate", and would tell its users nothing.
 */
export function createClients(
  first: ClientCa | undefined,
  { clientAllowedNames: allowed }: Pick<WebhookSettings, 'clientAllowedNames'>,
  now: () => number,
): Clients {
  let current = first;
  const verifications = new WeakMap<Socket, Verification>();
  const answered = new Set<Verification>();
  const verify = (socket: TLSSocket) => {
    if (current === undefined) return;
    const certificate = socket.getPeerX509Certificate();
    const problem = problemOf(socket, certificate, allowed, now());
    const expires = certificate === undefined ? 0 : periodOf(certificate).ends;
    const verification = { problem: problem && { ...problem, from: socket.remoteAddress ?? '' }, ca: current, expires };
    verifications.set(socket, verification);
    if (problem !== undefined) return;
    answered.add(verification);
    socket.once('close', () => answered.delete(verification));
  };
  return {
    watch: (server) => void server.on('secureConnection', verify),
    problem(socket) {
      if (current === undefined) return undefined;
      const verification = verifications.get(socket);
      if (verification === undefined) return noCertificate;
      // A connection may be kept for longer than its certificate is valid.
      return verification.problem ?? (verification.expires <= now() ? expired(verification.expires) : undefined);
    },
    isOutdated: (socket) => verifications.get(socket)?.ca !== current,
    ca: () => current,
    use(ca) {
      current = ca;
    },
    expires() {
      let earliest: number | undefined;
      for (const { expires } of answered) earliest = Math.min(earliest ?? expires, expires);
      return earliest;
    },
  };
}

/**
 * API servers present certificates of some 1,000 bytes. OpenSSL takes 100 kB, and a certificate holds whatever a
 * stranger wrote until it is verified.
 */
const mostBytes = 16 * 1024;

const noCertificate: Problem = {
  code: 'client_no_certificate',
  message:
    'the caller presented no client certificate of an authority in --client-ca-file, so it is not answered: ' +
    'the API server presents the one that the kubeConfigFile of its AdmissionConfiguration names for this webhook',
};

function problemOf(
  socket: TLSSocket,
  certificate: X509Certificate | undefined,
  allowed: readonly string[],
  now: number,
): Problem | undefined {
  if (certificate === undefined) return noCertificate;
  if (certificate.raw.length > mostBytes) {
    return refused('client_not_trusted', `the client certificate has more than ${mostBytes} bytes`);
  }
  const { begins, ends } = periodOf(certificate);
  if (ends <= now) return expired(ends);
  if (begins > now) {
    return refused('client_expired', `the client certificate is not valid before ${new Date(begins).toISOString()}`);
  }
  const name = commonNameOf(certificate);
  if (!socket.authorized) return unverified(String(socket.authorizationError), name);
  if (allowed.length === 0 || (name !== undefined && allowed.includes(name))) return undefined;
  const is = name === undefined ? 'does not have one common name' : `has the common name ${quote(name)}`;
  return refused('client_wrong_name', `the client certificate ${is}; --client-allowed-names has ${allowed.join(', ')}`);
}

/** @param why the code of OpenSSL's X509_V_ERR_… */
function unverified(why: string, name: string | undefined): Problem {
  if (why === 'INVALID_PURPOSE') {
    return refused('client_wrong_usage', 'the client certificate is not for clients (extended key usage clientAuth)');
  }
  const whose = name === undefined ? '' : ` of ${quote(name)}`;
  return refused('client_not_trusted', `the client certificate${whose} does not verify by --client-ca-file: ${why}`);
}

function expired(ends: number): Problem {
  return refused('client_expired', `the client certificate expired on ${new Date(ends).toISOString()}`);
}

function refused(code: ProblemCode, message: string): Problem {
  return { code, message };
}

/** The common name of a certificate that has one; with several it would be a guess which of them counts. */
function commonNameOf(certificate: X509Certificate): string | undefined {
  const name: unknown = certificate.toLegacyObject().subject?.CN;
  return typeof name === 'string' ? name : undefined;
}
