import type { X509Certificate } from 'node:crypto';

/** When a certificate begins and ends to be valid, in milliseconds since the epoch. */
export interface Period {
  readonly begins: number;
  readonly ends: number;
}

/** Of the texts that every Node has: `validFromDate` came with Node 22.10 only. */
export function periodOf({ validFrom, validTo }: Pick<X509Certificate, 'validFrom' | 'validTo'>): Period {
  return { begins: Date.parse(validFrom), ends: Date.parse(validTo) };
}
