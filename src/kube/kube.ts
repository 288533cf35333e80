/** Requests to the API server and its answers. No answer is an exception: errors are values. */

export type Verb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface KubeRequest {
  readonly method: Verb;
  /** From the root of the API, each segment encoded: `/api/v1/namespaces/default/events`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Of the body; `application/json` by default. For a PATCH, the kind of patch. */
  readonly contentType?: string;
  readonly accept?: string;
  /** Milliseconds until the whole answer must be there; 10 s by default. */
  readonly timeout?: number;
  /** Bytes of the longest answer; `answerLimit` by default. A longer one is the problem `too_large`. */
  readonly mostBytes?: number;
}

/**
 * Why there is no answer that can be used. `unreachable`: no HTTP answer at all (DNS, TCP, TLS, timeout), the phase is
 * in the message. `too_large`: the answer has more bytes or more values than are read. The others are the API server's
 * words (`metav1.Status`).
 */
export type KubeProblemCode =
  | 'unreachable'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'gone'
  | 'invalid'
  | 'throttled'
  | 'too_large'
  | 'server';

export interface KubeProblem {
  readonly code: KubeProblemCode;
  /** The HTTP status, where there was an answer. */
  readonly status?: number;
  /** One sentence with the method, the path and the API server's message. */
  readonly message: string;
  /** Milliseconds that the API server asked us to wait (`Retry-After`). */
  readonly retryAfter?: number;
  /** Of a list that expired between two pages (410): the token that reads the rest all the same. */
  readonly continue?: string;
}

export type KubeResult<T> =
  | {
      readonly ok: true;
      readonly value: T;
      readonly warnings: readonly string[];
      /** The answer's length, where it came from a server. */
      readonly bytes?: number;
    }
  | { readonly ok: false; readonly problem: KubeProblem };

export interface KubeStream {
  /** Whether the server agreed to stream: resolves with its first headers, or with false where it ended before. */
  readonly opened: Promise<boolean>;
  /** Resolves when the stream is over: undefined where the server ended it in order, otherwise why. */
  readonly ended: Promise<KubeProblem | undefined>;
  stop(): void;
}

/** A connection to an API server. Holds sockets only; the caller closes it. */
export interface Kube {
  /** The server's address, for people: `https://10.96.0.1:443`. */
  readonly server: string;
  /** JSON answers are parsed; `text/plain` ones (`/readyz`, logs) are returned as the string. */
  request<T>(request: KubeRequest): Promise<KubeResult<T>>;
  /** Reads an answer of JSON lines, as watches are: `line` gets each parsed. */
  stream(request: Omit<KubeRequest, 'body' | 'timeout'>, line: (value: unknown) => void): KubeStream;
  close(): void;
}

/** The metadata of every object. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generateName?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
  }[];
}

export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** The media types of an answer that holds nothing but `metadata` of each object: a tenth of the bytes. */
export const metadataOnly = {
  one: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  list: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
} as const;

/** Content types of patches. */
export const patchType = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  /** Server-side apply; wants `fieldManager` in the query. */
  apply: 'application/apply-patch+yaml',
} as const;
