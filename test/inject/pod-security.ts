import type { Json, JsonObject } from '../../src/json/json.ts';

const object = (value: Json | undefined): JsonObject => (value ?? {}) as JsonObject;

/**
 * The Pod Security Standard `restricted` for one container of a pod, with `baseline`'s rules for containers that it
 * includes: what the container breaks. (Kubernetes, Pod Security Standards; the fields of v1.35)
 */
export function restrictedViolations(container: JsonObject, podSpec: JsonObject): string[] {
  const own = object(container.securityContext);
  const pod = object(podSpec.securityContext);
  const capabilities = object(own.capabilities);
  const drop = (capabilities.drop ?? []) as readonly string[];
  const add = (capabilities.add ?? []) as readonly string[];
  const user = own.runAsUser ?? pod.runAsUser;
  const seccomp = object(own.seccompProfile).type ?? object(pod.seccompProfile).type;
  const ports = (container.ports ?? []) as readonly JsonObject[];
  const rules: [string, boolean][] = [
    ['allowPrivilegeEscalation', own.allowPrivilegeEscalation === false],
    ['capabilities.drop', drop.includes('ALL')],
    ['capabilities.add', add.every((name) => name === 'NET_BIND_SERVICE')],
    ['runAsNonRoot', (own.runAsNonRoot ?? pod.runAsNonRoot) === true],
    ['runAsUser', user !== 0],
    ['seccompProfile', seccomp === 'RuntimeDefault' || seccomp === 'Localhost'],
    ['privileged', own.privileged !== true],
    ['procMount', own.procMount === undefined || own.procMount === 'Default'],
    ['hostPort', ports.every(({ hostPort }) => (hostPort ?? 0) === 0)],
  ];
  return rules.filter(([, holds]) => !holds).map(([rule]) => rule);
}
