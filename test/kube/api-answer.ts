import { type KubeObject, metadataOnly } from '../../src/kube/kube.ts';

/** What was asked of the fake API server. */
export interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly accept: string;
  /** Parsed; undefined where there was none. */
  readonly body: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Expired',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
};

/** A refusal, as `metav1.Status`. */
export function refused(code: number, message: string, reason = reasons[code] ?? 'InternalError'): ApiAnswer {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  return { status: code, body };
}

/** One object, as `accept` asks for it. */
export function shownAs(accept: string, object: KubeObject): unknown {
  if (!accept.includes('as=PartialObjectMetadata')) return object;
  const { metadata } = object;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

/** A page of a list. Its items do not say their kind, as those of the real one. */
export function shownList(accept: string, items: readonly KubeObject[], metadata: object): unknown {
  if (accept === metadataOnly.list) {
    const kind = 'PartialObjectMetadataList';
    // Null where there are none, as the real one answers (recorded-lists.ts).
    const shown = items.length === 0 ? null : items.map((item) => shownAs(accept, item));
    return { kind, apiVersion: 'meta.k8s.io/v1', metadata, items: shown };
  }
  const { kind = '', apiVersion = 'v1' } = items[0] ?? {};
  const bare = items.map(({ kind: _, apiVersion: __, ...rest }) => rest);
  return { kind: `${kind}List`, apiVersion, metadata, items: bare };
}
