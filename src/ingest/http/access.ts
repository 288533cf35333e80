import type { IncomingHttpHeaders } from 'node:http';

/** Whether the other end of the connection is this machine: in a pod, a container of the same pod. */
export function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(address ?? '');
}

/** Why a request may not change anything here, as it is answered with 403; undefined: it may. */
export function writeProblem(
  remoteAddress: string | undefined,
  headers: IncomingHttpHeaders,
  allowRemote: boolean,
): { readonly code: 'not_loopback' | 'foreign_origin'; readonly detail: string } | undefined {
  if (!allowRemote && !isLoopback(remoteAddress)) {
    const detail = 'pushes are taken from loopback only; --ingest.allow-remote takes them from everywhere';
    return { code: 'not_loopback', detail };
  }
  // A page in a browser can post to loopback too, and no application pushes with an Origin of elsewhere. By name, not by
  // comparison with Host: a foreign name may resolve to loopback (DNS rebinding).
  if (headers.origin !== undefined && !/^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(headers.origin)) {
    return { code: 'foreign_origin', detail: 'a web page of another origin may not push' };
  }
  return undefined;
}
