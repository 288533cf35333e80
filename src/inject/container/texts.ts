import { integer, isGiven, type Shape, text } from './shape.ts';

// The names that Kubernetes takes in a container. (apimachinery, util/validation)

/** The problem of a port's name (IANA_SVC_NAME). */
export function portNameProblem(name: string): string | undefined {
  const right = name.length <= 15 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name) && /[a-z]/.test(name);
  return right && !name.includes('--')
    ? undefined
    : 'is no name of a port: at most 15 of a-z, 0-9 and -, with a letter';
}

/**
 * The problem of a variable's name. Kubernetes 1.30 and later take more: such a name has a pod refused by the others,
 * so it is left out.
 */
export function variableNameProblem(name: string): string | undefined {
  const right = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name) && name !== '.' && !name.startsWith('..');
  return right ? undefined : 'is no name of a variable: letters, digits, -, _ and .';
}

/** The problem of a key of a ConfigMap or Secret. */
export function keyProblem(key: string): string | undefined {
  const right = key.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(key) && key !== '.' && !key.startsWith('..');
  return right ? undefined : 'is no key of a ConfigMap or Secret: letters, digits, -, _ and .';
}

/** The problem of a relative path that must stay below where it begins. */
export function descendingProblem(path: string): string | undefined {
  if (path.startsWith('/')) return 'is no relative path';
  return path.split('/').includes('..') ? 'leads upwards by ..' : undefined;
}

export function headerNameProblem(name: string): string | undefined {
  return /^[-A-Za-z0-9]+$/.test(name) ? undefined : 'is no name of a header';
}

/** A qualified name: `name` or `prefix/name`, the prefix a domain. */
export function isQualifiedName(name: string): boolean {
  const parts = name.split('/');
  const own = parts.at(-1)!;
  if (parts.length > 2 || own.length > 63 || !/^[A-Za-z0-9](?:[-._A-Za-z0-9]*[A-Za-z0-9])?$/.test(own)) return false;
  return parts.length === 1 || isSubdomain(parts[0]!);
}

/** The problem of the name of a ConfigMap or Secret. */
export function objectNameProblem(name: string): string | undefined {
  return isSubdomain(name) ? undefined : 'is no name of an object: a-z, 0-9, - and .';
}

function isSubdomain(domain: string): boolean {
  return domain.length <= 253 && domain.split('.').every((label) => /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(label));
}

export const portNumber = integer(1, 65535);

/** A port by number or by the name that the container gives it. */
export const portReference: Shape = (value, path, report) =>
  typeof value === 'string' ? text(portNameProblem)(value, path, report) : portNumber(value, path, report);

/** A text whose absence is another rule's. */
export const notEmpty = (problemOf: (value: string) => string | undefined) =>
  text((value) => (value === '' || !isGiven(value) ? undefined : problemOf(value)));
