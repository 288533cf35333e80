import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { isPlainUser } from '../../src/inject/pod/uid-range.ts';
import { type Json, type JsonObject, objectOf, objectsOf, textListOf } from '../../src/json/json.ts';
import { type Operation, pointer } from '../../src/json/operation.ts';
import { authority, servingPair } from '../webhook/pair.ts';

/** The users of a namespace under the constraint `restricted-v2`. */
export interface UserRange {
  readonly start: number;
  readonly end: number;
}

export interface OpenshiftAdmission {
  /**
   * The registrations for the namespaces that the selector takes: a mutating one that writes users, called before the
   * others by its name and again after one of them changed the pod, as OpenShift does it; and a validating one that
   * refuses other users.
   */
  registrations(namespaceSelector: JsonObject): readonly JsonObject[];
  stop(): Promise<void>;
}

/**
 * The admission of OpenShift's security context constraints as a webhook: `restricted-v2` as its documentation
 * describes it, and `anyuid` for namespaces without a range. OpenShift itself runs it inside of the API server.
 * @param rangeOf the users of a namespace; undefined: its constraint is `anyuid`, which leaves users as they are
 * @param host the address by which the API server reaches this process
 */
export async function openshiftAdmission(
  rangeOf: (namespace: string) => UserRange | undefined,
  host = '127.0.0.1',
): Promise<OpenshiftAdmission> {
  const { cert, key } = await servingPair(5, ['localhost', host]);
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as Review;
      const { uid, namespace, object } = review.request;
      const range = rangeOf(namespace);
      const answer = request.url?.startsWith('/users') ? assigned(object, range) : judged(object, range);
      const { apiVersion, kind } = review;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion, kind, response: { uid, ...answer } }));
    });
  });
  const port = await listening(server, host);
  return {
    registrations: (namespaceSelector) =>
      (['/users', '/judge'] as const).map((path) => registration(`https://${host}:${port}${path}`, namespaceSelector)),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: { readonly uid: string; readonly namespace: string; readonly object: JsonObject };
}

function listening(server: Server, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function registration(url: string, namespaceSelector: JsonObject): JsonObject {
  const mutates = url.endsWith('/users');
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: mutates ? 'MutatingWebhookConfiguration' : 'ValidatingWebhookConfiguration',
    // The API server calls registrations in the order of their names.
    metadata: { name: '00-openshift' },
    webhooks: [
      {
        name: 'scc.openshift.test',
        clientConfig: { url, caBundle: Buffer.from(authority.cert).toString('base64') },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
        namespaceSelector,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        ...(mutates && { reinvocationPolicy: 'IfNeeded' }),
      },
    ],
  };
}

/** The security context of each container, with the path to it. */
function containers(
  pod: JsonObject,
): readonly { readonly path: string; readonly context: JsonObject; readonly has: boolean }[] {
  const spec = objectOf(pod.spec);
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    objectsOf(spec?.[list]).map(({ securityContext }, i) => ({
      path: pointer('spec', list, i, 'securityContext'),
      context: objectOf(securityContext) ?? {},
      has: objectOf(securityContext) !== undefined,
    })),
  );
}

function assigned(pod: JsonObject, range: UserRange | undefined): object {
  const own = objectOf(objectOf(pod.spec)?.securityContext) ?? {};
  const missing = (context: JsonObject, defaults: JsonObject) =>
    Object.entries(defaults).filter(([field]) => (context[field] ?? null) === null);
  const patch: Operation[] = [];
  const write = (path: string, has: boolean, fields: readonly [string, Json][]) => {
    if (!has && fields.length > 0) patch.push({ op: 'add', path, value: {} });
    for (const [field, value] of fields) patch.push({ op: 'add', path: path + pointer(field), value });
  };
  const hasOwn = objectOf(objectOf(pod.spec)?.securityContext) !== undefined;
  const level = { level: 's0:c26,c15' };
  const ofPod =
    range === undefined
      ? { seLinuxOptions: level }
      : { fsGroup: range.start, seLinuxOptions: level, seccompProfile: { type: 'RuntimeDefault' } };
  write('/spec/securityContext', hasOwn, missing(own, ofPod));
  if (range !== undefined)
    for (const { path, context, has } of containers(pod)) {
      const user = (own.runAsUser ?? null) === null ? { runAsUser: range.start } : {};
      const capabilities = { drop: ['ALL'] };
      write(
        path,
        has,
        missing(context, { ...user, runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities }),
      );
    }
  return { allowed: true, ...(patch.length > 0 && { patchType: 'JSONPatch', patch: base64(patch) }) };
}

function base64(patch: readonly Operation[]): string {
  return Buffer.from(JSON.stringify(patch)).toString('base64');
}

function judged(pod: JsonObject, range: UserRange | undefined): object {
  if (range === undefined) return { allowed: true };
  const own = objectOf(objectOf(pod.spec)?.securityContext) ?? {};
  const problems = containers(pod).flatMap(({ path, context }) => {
    const at = (field: string, value: Json | undefined, right: string) =>
      `${path.slice(1).replaceAll('/', '.')}.${field}: Invalid value: ${JSON.stringify(value ?? null)}: ${right}`;
    const user = context.runAsUser ?? own.runAsUser;
    const { drop, add } = objectOf(context.capabilities) ?? {};
    const seccomp = objectOf(context.seccompProfile ?? own.seccompProfile)?.type;
    return [
      ...(isPlainUser(user) && user >= range.start && user <= range.end
        ? []
        : [at('runAsUser', user, `must be in the ranges: [${range.start}, ${range.end}]`)]),
      ...(context.privileged === true ? [at('privileged', true, 'Privileged containers are not allowed')] : []),
      ...(context.allowPrivilegeEscalation === false
        ? []
        : [at('allowPrivilegeEscalation', context.allowPrivilegeEscalation, 'must be false')]),
      ...(textListOf(drop).includes('ALL') ? [] : [at('capabilities.drop', drop, 'ALL must be dropped')]),
      ...(textListOf(add).some((one) => one !== 'NET_BIND_SERVICE')
        ? [at('capabilities.add', add, 'may not be added')]
        : []),
      ...(seccomp === 'RuntimeDefault' ? [] : [at('seccompProfile', seccomp, 'must be runtime/default')]),
    ];
  });
  const { hostNetwork, hostPID, hostIPC, volumes } = objectOf(pod.spec) ?? {};
  if ([hostNetwork, hostPID, hostIPC].includes(true)) problems.push('spec: Host namespaces are not allowed');
  const plain = [
    'configMap',
    'csi',
    'downwardAPI',
    'emptyDir',
    'ephemeral',
    'persistentVolumeClaim',
    'projected',
    'secret',
  ];
  for (const { name, ...source } of objectsOf(volumes)) {
    const other = Object.keys(source).find((one) => !plain.includes(one));
    if (other !== undefined) problems.push(`spec.volumes ${String(name)}: ${other} volumes are not allowed to be used`);
  }
  if (own.fsGroup !== undefined && own.fsGroup !== null && !isWithin(own.fsGroup, range))
    problems.push('spec.securityContext.fsGroup: not an allowed group');
  if (problems.length === 0) return { allowed: true };
  const all = problems.map((one) => `provider restricted-v2: ${one}`).join(', ');
  const message = `unable to validate against any security context constraint: [${all}]`;
  return { allowed: false, status: { message } };
}

function isWithin(value: Json, { start, end }: UserRange): boolean {
  return typeof value === 'number' && value >= start && value <= end;
}
