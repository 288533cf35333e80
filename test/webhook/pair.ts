import { issueAuthority, issueServing } from '../../src/certificates/issue/issue.ts';
import type { KeyPair } from '../../src/certificates/pem/key-pair.ts';

export const authority = await issueAuthority('test authority', { from: new Date(), days: 10 });

/** A serving pair for loopback, signed by `authority`; each has its own key. */
export function servingPair(days = 5, names: readonly string[] = ['localhost', '127.0.0.1']): Promise<KeyPair> {
  return issueServing(authority, names, { from: new Date(), days });
}
