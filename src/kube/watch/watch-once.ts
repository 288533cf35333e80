import { type Kube, type KubeProblem, metadataOnly } from '../kube.ts';
import { type WatchEvent, watchEvent } from './watch-event.ts';

/** What a watch gives, one after the other. */
export type Told = Exclude<WatchEvent, { readonly type: 'error' }>;

export interface WatchWish {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly metadataOnly?: boolean;
  /** From where on. */
  readonly version: string;
  /** Seconds after which the API server ends it. */
  readonly lasting: number;
  /** Milliseconds without a word after which it counts as dead. */
  readonly silence: number;
}

/** How a watch ended. */
export interface WatchEnd {
  readonly opened: boolean;
  /** Whether anything was told. */
  readonly heard: boolean;
  /** Undefined where the API server ended it in order, or it was stopped. */
  readonly problem: KubeProblem | undefined;
  /** Whether the next may go on from `version`; otherwise all has to be listed again. */
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
 * Silence means more than a dead connection. The API server sends each watch a bookmark a minute, except where the
 * version asked for is one that it has not reached (its etcd was restored from a backup): then it answers 200 and says
 * nothing at all, not even of what changes (seen on 1.35). So what follows silence is a list.
 */
export function watchOnce(
  kube: Kube,
  wish: WatchWish,
  { opened, told }: { opened: () => void; told: (event: Told) => void },
): WatchRun {
  let { version } = wish;
  let heard = false;
  let problem: KubeProblem | undefined;
  const what = `watch of ${wish.path}`;

  /** Not by an answer to the request, but by what was in it, or was not. */
  const give = (why: KubeProblem) => {
    problem = why;
    stream.stop();
  };
  const stream = kube.stream(requestOf(wish), (line) => {
    const event = watchEvent(line);
    if (event.type === 'error') {
      const { code, status } = event;
      give({ code, status, message: `${what}: ${status}: ${event.message}` });
      return;
    }
    heard = true;
    version = event.version;
    silence.refresh();
    told(event);
  });
  const silence = setTimeout(() => {
    give({ code: 'unreachable', message: `${what}: HTTP: nothing was heard for ${wish.silence / 1000} s` });
  }, wish.silence);

  const run = async (): Promise<WatchEnd> => {
    const open = await stream.opened;
    if (open) opened();
    const broke = await stream.ended;
    clearTimeout(silence);
    const resume = problem === undefined && !(broke !== undefined && refusals.has(broke.code));
    return { opened: open, heard, problem: problem ?? broke, resume, version };
  };
  return { ended: run(), stop: stream.stop };
}

/** Answers that the same request would get again. */
const refusals: ReadonlySet<KubeProblem['code']> = new Set(['gone', 'invalid', 'not_found', 'conflict']);

function requestOf({ path, query, version, lasting, metadataOnly: bare }: WatchWish) {
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
