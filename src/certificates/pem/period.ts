import type { X509Certificate } from 'node:crypto';

/** The validity of a certificate; milliseconds since the epoch. */
export interface Period {
  readonly begins: number;
  readonly ends: number;
}

/** Reads the texts that every version of Node has: `validFromDate` came with Node 22.10. */
export function periodOf({ validFrom, validTo }: Pick<X509Certificate, 'validFrom' | 'validTo'>): Period {
  return { begins: Date.parse(validFrom), ends: Date.parse(validTo) };
}
