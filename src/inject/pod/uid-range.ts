/** The annotation in which OpenShift gives each namespace the users of its containers. */
export const uidRangeAnnotation = 'openshift.io/sa.scc.uid-range';

/** Kubernetes takes no uid above this one. (apimachinery, IsValidUserID) */
const mostUid = 2 ** 31 - 1;

/**
 * The first user of a namespace's range: OpenShift's admission writes it into containers that state no user. The range
 * is `start/size` or `start-end`, as OpenShift reads it. Undefined for any other text, and for a range of root alone:
 * containers of ours never run as root.
 */
export function firstUserOf(range: string | undefined): number | undefined {
  const [, from, separator, to] = /^(\d{1,10})([/-])(\d{1,10})$/.exec(range ?? '') ?? [];
  if (from === undefined) return undefined;
  const start = Number(from);
  const end = separator === '/' ? start + Number(to) - 1 : Number(to);
  const first = Math.max(start, 1);
  return first <= end && end <= mostUid ? first : undefined;
}

/** Whether a value is a user that a container of ours can run as: a uid of Kubernetes, and not root. */
export function isPlainUser(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= mostUid;
}
