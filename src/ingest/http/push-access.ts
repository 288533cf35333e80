import type { IncomingHttpHeaders } from 'node:http';

/** Whether an address is loopback: in a pod, the other end is a container of the same pod then. */
export function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(address ?? '');
}

/** The reason to answer a request that changes something with 403; undefined: it is allowed. */
export function writeProblem(
  remoteAddress: string | undefined,
  headers: IncomingHttpHeaders,
  allowRemote: boolean,
): { readonly code: 'not_loopback' | 'foreign_origin'; readonly detail: string } | undefined {
  if (!allowRemote && !isLoopback(remoteAddress)) {
    const detail = 'pushes are taken from loopback only; --ingest.allow-remote takes them from everywhere';
    return { code: 'not_loopback', detail };
  }
  // A page in a browser can post to loopback too, and no application pushes with a foreign Origin. Its name is compared
  // with those of loopback, not with Host: a foreign name may resolve to loopback (DNS rebinding).
  if (headers.origin !== undefined && !/^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(headers.origin)) {
    return { code: 'foreign_origin', detail: 'a web page of another origin may not push' };
  }
  return undefined;
}
