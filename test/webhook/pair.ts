import { issueAuthority, issueServing, type Pair } from '../../src/certificates/issue/issue.ts';

export const authority = await issueAuthority('test authority', { from: new Date(), days: 10 });

/** A serving pair for loopback, signed by `authority`; each has its own key. */
export function servingPair(days = 5, names: readonly string[] = ['localhost', '127.0.0.1']): Promise<Pair> {
  return issueServing(authority, names, { from: new Date(), days });
}
