import type { IncomingMessage } from 'node:http';
import type { ApiCall } from './api-answer.ts';

/** Which calls are meant: all of what is said has to hold. `watch` tells watches from lists, both of which are GET. */
export interface CallMatcher {
  readonly method?: string;
  readonly path?: string | RegExp;
  readonly watch?: boolean;
}

/**
 * Instead of the true answer: a status (with a `metav1.Status` that holds `message`, or with `body`), a broken
 * connection, nothing at all for ever, or (`silence`) a success of which nothing but the headers comes.
 */
export type FakedAnswer =
  | 'reset'
  | 'hang'
  | 'silence'
  | {
      readonly status: number;
      readonly message?: string;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    };

export interface Fakes {
  readonly add: (
    matcher: CallMatcher | ((call: ApiCall) => boolean),
    answer: FakedAnswer | ((call: ApiCall) => FakedAnswer),
    times?: number,
  ) => () => void;
  readonly take: (call: ApiCall) => FakedAnswer | undefined;
}

/** The answers that are given instead of the true ones. */
export function createFakes(): Fakes {
  interface Fake {
    readonly matches: (call: ApiCall) => boolean;
    readonly answer: (call: ApiCall) => FakedAnswer;
    times: number;
  }
  const fakes = new Set<Fake>();
  return {
    add: (matcher, answer, times = Number.POSITIVE_INFINITY) => {
      const fake: Fake = {
        matches: typeof matcher === 'function' ? matcher : (call) => matchesCall(matcher, call),
        answer: typeof answer === 'function' ? answer : () => answer,
        times,
      };
      fakes.add(fake);
      return () => {
        fakes.delete(fake);
      };
    },
    take: (call) => {
      const fake = [...fakes].find(({ matches, times }) => times > 0 && matches(call));
      if (fake === undefined) return undefined;
      fake.times -= 1;
      return fake.answer(call);
    },
  };
}

export interface Calls {
  readonly all: readonly ApiCall[];
  readonly add: (call: ApiCall) => void;
  readonly reached: (matcher: CallMatcher, count: number) => Promise<void>;
}

/** What was asked, and how to wait for what will be. */
export function createCalls(): Calls {
  const all: ApiCall[] = [];
  const waiting = new Set<() => void>();
  return {
    all,
    add: (call) => {
      all.push(call);
      for (const check of waiting) check();
    },
    reached: (matcher, count) =>
      new Promise((resolve) => {
        const check = () => {
          if (all.filter((call) => matchesCall(matcher, call)).length < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}

export function isWatch({ method, query }: ApiCall): boolean {
  return method === 'GET' && (query['watch'] === 'true' || query['watch'] === '1');
}

function matchesCall({ method, path, watch }: CallMatcher, call: ApiCall): boolean {
  return (
    (method === undefined || method === call.method) &&
    (path === undefined || (typeof path === 'string' ? path === call.path : path.test(call.path))) &&
    (watch === undefined || watch === isWatch(call))
  );
}

export async function callOf(request: IncomingMessage): Promise<ApiCall> {
  const url = new URL(request.url ?? '/', 'http://api');
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    contentType: request.headers['content-type'] ?? '',
    accept: request.headers.accept ?? '',
    body: text === '' ? undefined : JSON.parse(text),
  };
}
