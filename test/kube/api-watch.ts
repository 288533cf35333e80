import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../../src/kube/kube.ts';
import { type ApiPath, inCollection } from './api-path.ts';
import { selected } from './api-select.ts';
import type { ApiStore, Change } from './api-store.ts';

export interface ApiWatch {
  readonly change: (change: Change) => void;
  readonly bookmark: () => void;
  /** `cut` breaks the connection, `end` ends the answer in order. */
  readonly stop: (how: 'cut' | 'end') => void;
}

export interface WatchAnswer {
  readonly response: ServerResponse;
  readonly path: ApiPath;
  readonly query: Readonly<Record<string, string>>;
  /** As the object is to be sent, whole or its metadata alone. */
  readonly shown: (object: KubeObject) => unknown;
  readonly closed: (watch: ApiWatch) => void;
}

/** Answers a watch: what was from the version asked for on, then what comes. */
export function startWatch(store: ApiStore, { response, path, query, shown, closed }: WatchAnswer): ApiWatch {
  const send = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`);
  const change = ({ key, before, after }: Change) => {
    if (!inCollection(path, key)) return;
    const was = before !== undefined && selected(before, query);
    const is = after !== undefined && selected(after, query);
    if (is) send(was ? 'MODIFIED' : 'ADDED', shown(after));
    // Out of the selection is gone, and told with the state that is no longer selected.
    else if (was) send('DELETED', shown(after ?? before));
  };
  const watch: ApiWatch = {
    change,
    bookmark: () => {
      if (query['allowWatchBookmarks'] !== 'true') return;
      send('BOOKMARK', shown({ metadata: { name: '', resourceVersion: String(store.version()) } }));
    },
    stop: (how) => {
      if (how === 'end') response.end();
      else response.destroy();
    },
  };
  response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
  response.once('close', () => closed(watch));

  const from = Number(query['resourceVersion'] ?? 0);
  if (from !== 0 && from < store.oldest()) {
    const message = `too old resource version: ${from} (${store.oldest()})`;
    send('ERROR', { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410, message });
    response.end();
    return watch;
  }
  if (from === 0) {
    for (const [key, object] of store.all()) change({ version: 0, key, before: undefined, after: object });
  } else {
    for (const one of store.since(from)) change(one);
  }
  if (query['timeoutSeconds'] !== undefined) {
    const timer = setTimeout(() => response.end(), Number(query['timeoutSeconds']) * 1000);
    response.once('close', () => clearTimeout(timer));
  }
  return watch;
}
