import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { ClientCa } from './client-ca.ts';

/** The oldest TLS that is spoken; an API server offers 1.2 and 1.3. */
const minVersion = 'TLSv1.2';

export interface Secured {
  /** None: every handshake fails until there is one. */
  readonly pair: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** None: no client certificate is asked for. */
  readonly clientCa: ClientCa | undefined;
}

/** What the handshakes from now on are made with. */
export function secureContext({ pair, clientCa }: Secured): SecureContextOptions {
  return {
    minVersion,
    ...(pair !== undefined && { cert: pair.cert, key: pair.key }),
    // A session that is resumed is not verified again; the API server resumes none.
    ...(clientCa !== undefined && { ca: clientCa.pem, secureOptions: constants.SSL_OP_NO_TICKET }),
  };
}
