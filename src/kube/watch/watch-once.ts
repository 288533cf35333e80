import { type Kube, type KubeProblem, metadataOnly } from '../kube.ts';
import { type WatchEvent, watchEvent } from './watch-event.ts';

/** An event of a watch that is no error. */
export type ReceivedEvent = Exclude<WatchEvent, { readonly type: 'error' }>;

export interface WatchRequest {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly metadataOnly?: boolean;
  /** The version after which it begins. */
  readonly version: string;
  /** Seconds after which the API server ends the watch. */
  readonly lasting: number;
  /** Milliseconds without an event or bookmark after which the watch counts as dead. */
  readonly silence: number;
}

/** How a watch ended. */
export interface WatchEnd {
  readonly opened: boolean;
  /** Whether an event or bookmark arrived. */
  readonly receivedAny: boolean;
  /** Undefined where the API server ended the watch in order, or where it was stopped. */
  readonly problem: KubeProblem | undefined;
  /** Whether the next watch may go on from `version`; otherwise everything has to be listed again. */
  readonly resume: boolean;
  readonly version: string;
}

export interface WatchRun {
  readonly ended: Promise<WatchEnd>;
  readonly stop: () => void;
}

/**
 * One watch, from its request to its end.
 *
 * Silence may mean more than a dead connection. The API server sends each watch a bookmark a minute, unless it has not
 * reached the requested version (its etcd was restored from a backup): then it answers 200 and sends nothing at all, no
 * changes either (seen on 1.35). So a list follows silence.
 */
export function watchOnce(
  kube: Kube,
  request: WatchRequest,
  { opened, received }: { opened: () => void; received: (event: ReceivedEvent) => void },
): WatchRun {
  let { version } = request;
  let receivedAny = false;
  let problem: KubeProblem | undefined;
  const what = `watch of ${request.path}`;

  /** Ends the watch for a line that cannot be read, an error event or silence. */
  const giveUp = (why: KubeProblem) => {
    problem = why;
    stream.stop();
  };
  const stream = kube.stream(requestOf(request), (line) => {
    const event = watchEvent(line);
    if (event.type === 'error') {
      const { code, status } = event;
      giveUp({ code, status, message: `${what}: ${status}: ${event.message}` });
      return;
    }
    receivedAny = true;
    version = event.version;
    silence.refresh();
    received(event);
  });
  const silence = setTimeout(() => {
    giveUp({ code: 'unreachable', message: `${what}: HTTP: nothing was heard for ${request.silence / 1000} s` });
  }, request.silence);

  const run = async (): Promise<WatchEnd> => {
    const open = await stream.opened;
    if (open) opened();
    const broke = await stream.ended;
    clearTimeout(silence);
    const resume = problem === undefined && !(broke !== undefined && refusals.has(broke.code));
    return { opened: open, receivedAny, problem: problem ?? broke, resume, version };
  };
  return { ended: run(), stop: stream.stop };
}

/** Codes of answers that the same request would get again. */
const refusals: ReadonlySet<KubeProblem['code']> = new Set(['gone', 'invalid', 'not_found', 'conflict']);

function requestOf({ path, query, version, lasting, metadataOnly: bare }: WatchRequest) {
  return {
    method: 'GET' as const,
    path,
    query: {
      ...query,
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: version,
      timeoutSeconds: String(lasting),
    },
    ...(bare ? { accept: metadataOnly.one } : {}),
  };
}
