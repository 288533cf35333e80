/** What a path of the API names: a collection (of one namespace or all), or one object of it. */
export interface ApiPath {
  /** The group and version: `/api/v1`, `/apis/apps/v1`. */
  readonly root: string;
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** Undefined where the path is none of a resource (`/version`), or of a part of one (`…/status`). */
export function apiPath(path: string): ApiPath | undefined {
  const found = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/(.+)$/.exec(path);
  if (found === null) return undefined;
  const root = found[1]!;
  const parts = found[2]!.split('/').map(decodeURIComponent);
  // `/api/v1/namespaces/x` is a namespace, `/api/v1/namespaces/x/secrets` a collection in it.
  const namespace = parts[0] === 'namespaces' && parts.length > 2 ? parts[1] : undefined;
  const [resource, name, ...rest] = namespace === undefined ? parts : parts.slice(2);
  return rest.length > 0 ? undefined : { root, resource: resource!, namespace, name };
}

/** The key under which an object is held, the same for each path that leads to it. */
export function objectKey({ root, resource }: ApiPath, namespace: string | undefined, name: string): string {
  return `${root}/${resource}/${namespace ?? ''}/${name}`;
}

/** Whether the object of that key is in the collection. */
export function inCollection({ root, resource, namespace, name }: ApiPath, key: string): boolean {
  const start = `${root}/${resource}/`;
  if (!key.startsWith(start)) return false;
  const [ownNamespace, ownName] = key.slice(start.length).split('/');
  return (namespace === undefined || namespace === ownNamespace) && (name === undefined || name === ownName);
}
