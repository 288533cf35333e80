import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Closed } from '../../net/closed-count.ts';
import { isShakingHands } from '../../net/late-handshake.ts';
import type { Logger } from '../../runtime/logger.ts';
import { oncePerInterval } from '../../timing/once-per-interval.ts';

type TlsError = NodeJS.ErrnoException & { readonly reason?: string };

/** One line in this time names the problem; the counter has the number of failures. */
const quietMs = 60_000;

/**
 * Counts and logs TLS connections that fail before a request. A wrong `caBundle` shows here alone: the API server ends
 * the handshake with an alert.
 */
export function watchFailedHandshakes(
  server: Server,
  {
    metrics,
    log,
    now,
    closed,
  }: {
    readonly metrics: { handshakeFailed(): void };
    readonly log: Logger;
    readonly now: () => number;
    /** Connections that were closed to make room. */
    readonly closed: Closed;
  },
): void {
  let closedBySelf = 0;
  const mayWarn = oncePerInterval<'handshake'>(now, quietMs);
  const failed = (error: TlsError, socket: Socket) => {
    metrics.handshakeFailed();
    // Health checks and port scans connect and leave.
    const level = error.code?.startsWith('ERR_SSL') && mayWarn('handshake') ? 'warn' : 'debug';
    const problem = (error.reason ?? error.message).trim().slice(0, 200);
    const hint = /alert (bad certificate|unknown ca)/.test(problem) && {
      hint: 'the caller does not trust the certificate: compare the caBundle of the registration with its authority',
    };
    log[level]('TLS handshake failed', { code: error.code, problem, ...hint, remoteAddress: socket.remoteAddress });
  };
  server.on('tlsClientError', (error: TlsError, socket) => {
    // A connection that the guard of connections closed ends like this too, and is counted there.
    if (error.code === 'ECONNRESET' && closedBySelf < closed.silent) {
      closedBySelf += 1;
      return;
    }
    if (error.code !== 'ERR_TLS_HANDSHAKE_TIMEOUT') return failed(error, socket);
    // The handshake may have ended well nevertheless.
    socket.once('close', () => {
      if (isShakingHands(socket)) failed(error, socket);
    });
  });
}
