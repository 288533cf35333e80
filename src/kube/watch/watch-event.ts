import { problemCode } from '../connection/api-answer.ts';
import type { KubeObject, KubeProblemCode } from '../kube.ts';
import { isKubeObject, isObject } from '../object.ts';

/** One line of a watch. */
export type WatchEvent =
  | { readonly type: 'put' | 'remove'; readonly object: KubeObject; readonly version: string }
  /** All changes up to `version` were sent; there may be none. */
  | { readonly type: 'bookmark'; readonly version: string }
  /** The watch is over. `gone`: the API server no longer has the history since the requested version. */
  | { readonly type: 'error'; readonly code: KubeProblemCode; readonly status: number; readonly message: string };

const changes: ReadonlyMap<unknown, 'put' | 'remove'> = new Map([
  ['ADDED', 'put'],
  ['MODIFIED', 'put'],
  ['DELETED', 'remove'],
]);

/** Reads a line of a watch (Kubernetes API concepts, "Efficient detection of changes"). Any other line is an error. */
export function watchEvent(line: unknown): WatchEvent {
  const { type = '', object } = (isObject(line) ? line : {}) as { type?: unknown; object?: unknown };
  if (type === 'ERROR') return errorEvent(isObject(object) ? object : {});
  const { resourceVersion: version } = isObject(object) && isObject(object['metadata']) ? object['metadata'] : {};
  if (typeof version === 'string' && version !== '') {
    if (type === 'BOOKMARK') return { type: 'bookmark', version };
    const change = changes.get(type);
    if (change !== undefined && isKubeObject(object)) return { type: change, object, version };
  }
  return { type: 'error', code: 'server', status: 200, message: 'a line that is no event of a watch' };
}

/** The object of an ERROR event is a `metav1.Status`. */
function errorEvent({ code, message }: Readonly<Record<string, unknown>>): WatchEvent {
  const status = typeof code === 'number' ? code : 500;
  const text = typeof message === 'string' && message !== '' ? message : 'no message';
  return { type: 'error', code: problemCode(status), status, message: text };
}
