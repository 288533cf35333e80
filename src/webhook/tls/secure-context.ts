import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { ClientCa } from './client-ca.ts';

/** The oldest version of TLS; an API server offers 1.2 and 1.3. */
const minVersion = 'TLSv1.2';

export interface SecureContextInputs {
  /** Undefined: every handshake fails. */
  readonly certificate: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** Undefined: no client certificate is requested. */
  readonly clientCa: ClientCa | undefined;
}

/** The options of all handshakes from now on. */
export function secureContext({ certificate, clientCa }: SecureContextInputs): SecureContextOptions {
  return {
    minVersion,
    ...(certificate !== undefined && { cert: certificate.cert, key: certificate.key }),
    // A session that is resumed is not verified again; the API server resumes none.
    ...(clientCa !== undefined && { ca: clientCa.pem, secureOptions: constants.SSL_OP_NO_TICKET }),
  };
}
