import type { KubeObject } from '../../src/kube/kube.ts';
import { type ApiAnswer, type ApiCall, refused, shownAs, shownList } from './api-answer.ts';
import { patched } from './api-patch.ts';
import { type ApiPath, inCollection, objectKey } from './api-path.ts';
import { selected } from './api-select.ts';
import type { ApiStore } from './api-store.ts';

/** The rest of a list that was given in part. */
export type Pages = Map<string, { readonly rest: readonly Stored[]; readonly version: number }>;
type Stored = readonly [key: string, object: KubeObject];

/** Answers what is not a watch. `pages` are the lists that are open. */
export function answer(store: ApiStore, pages: Pages, path: ApiPath, call: ApiCall): ApiAnswer {
  const { method } = call;
  if (path.name === undefined) {
    if (method === 'GET') return list(store, pages, path, call);
    return method === 'POST' ? create(store, path, call) : refused(405, 'the server does not allow this method');
  }
  const key = objectKey(path, path.namespace, path.name);
  const found = store.get(key);
  if (method === 'PATCH') return patch(store, path, key, call);
  if (found === undefined) return refused(404, `${path.resource} "${path.name}" not found`);
  if (method === 'GET') return { status: 200, body: shownAs(call.accept, found) };
  if (method === 'PUT') return write(store, key, found, call.body as KubeObject, call);
  return method === 'DELETE' ? remove(store, key, found, call) : refused(405, 'the server does not allow this method');
}

function list(store: ApiStore, pages: Pages, path: ApiPath, { query, accept }: ApiCall): ApiAnswer {
  const token = query['continue'];
  const page = pages.get(token ?? '');
  const objects = store.all().filter(([key, object]) => inCollection(path, key) && selected(object, query));
  if (token !== undefined && (page === undefined || page.version < store.oldest())) {
    return expired(store, pages, objects, page?.rest[0]?.[0]);
  }
  const { rest, version } = page ?? { rest: objects, version: store.version() };
  const limit = Number(query['limit'] ?? 0) || rest.length;
  const metadata: Record<string, unknown> = { resourceVersion: String(version) };
  if (rest.length > limit) metadata['continue'] = open(pages, rest.slice(limit), version);
  const items = rest.slice(0, limit).map(([, object]) => object);
  return { status: 200, body: shownList(accept, items, metadata) };
}

/** As the real one: the rest can be read at the latest version, with the token of the refusal. */
function expired(store: ApiStore, pages: Pages, objects: readonly Stored[], from: string | undefined): ApiAnswer {
  const answer = refused(410, 'The provided continue parameter is too old to display a consistent list result.');
  if (from === undefined) return answer;
  const rest = objects.filter(([key]) => key >= from);
  const metadata = { continue: open(pages, rest, store.version()) };
  return { ...answer, body: { ...(answer.body as object), metadata } };
}

function open(pages: Pages, rest: readonly Stored[], version: number): string {
  const token = `page-${pages.size + 1}`;
  pages.set(token, { rest, version });
  return token;
}

function create(store: ApiStore, path: ApiPath, call: ApiCall): ApiAnswer {
  const body = call.body as KubeObject;
  const generated = `${body.metadata?.generateName}${String(store.version()).padStart(5, '0')}`;
  const name = body.metadata?.name ?? (body.metadata?.generateName === undefined ? undefined : generated);
  if (name === undefined) return refused(422, 'metadata.name: Required value: name or generateName is required');
  const key = objectKey(path, path.namespace, name);
  if (store.get(key) !== undefined) {
    return refused(409, `${path.resource} "${name}" already exists`, 'AlreadyExists');
  }
  return { ...write(store, key, undefined, named(body, path.namespace, name), call), status: 201 };
}

function patch(store: ApiStore, path: ApiPath, key: string, call: ApiCall): ApiAnswer {
  const apply = call.contentType.startsWith('application/apply-patch');
  if (apply && call.query['fieldManager'] === undefined) {
    return refused(422, 'fieldManager: Required value: is required for apply patch');
  }
  const found = store.get(key);
  const result = patched(found, call.contentType, call.body);
  if ('status' in result) return refused(result.status, result.message);
  const written = write(store, key, found, named(result.object, path.namespace, path.name!), call);
  return found === undefined ? { ...written, status: 201 } : written;
}

/** Stores it, unless it was made from another version than the one that stands. */
function write(
  store: ApiStore,
  key: string,
  found: KubeObject | undefined,
  next: KubeObject,
  call: ApiCall,
): ApiAnswer {
  const from = next.metadata.resourceVersion;
  if (from !== undefined && from !== found?.metadata.resourceVersion) {
    return refused(409, 'the object has been modified; please apply your changes to the latest version and try again');
  }
  const stored = call.query['dryRun'] === 'All' ? next : store.put(key, next);
  return { status: 200, body: shownAs(call.accept, stored) };
}

function remove(store: ApiStore, key: string, found: KubeObject, call: ApiCall): ApiAnswer {
  const wanted = (call.body as { preconditions?: { uid?: string; resourceVersion?: string } } | undefined)
    ?.preconditions;
  const { uid, resourceVersion } = found.metadata;
  if ((wanted?.uid ?? uid) !== uid || (wanted?.resourceVersion ?? resourceVersion) !== resourceVersion) {
    return refused(409, 'the precondition failed');
  }
  if (call.query['dryRun'] !== 'All') store.remove(key);
  return { status: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
}

/** The object with the name and namespace of the path that it is written to. */
export function named(object: KubeObject, namespace: string | undefined, name: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, name, ...(namespace === undefined ? {} : { namespace }) } };
}
