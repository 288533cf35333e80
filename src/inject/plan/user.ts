import type { Json } from '../../json/json.ts';
import { objectOf } from '../../json/json.ts';
import { injectorOf } from '../pod/foreign-containers.ts';
import { type Pod, podUser } from '../pod/pod.ts';
import { isPlainUser } from '../pod/uid-range.ts';
import type { InjectSettings } from '../request/settings.ts';

/** The user that the containers of ours state; without a uid they state none, and the pod's or the platform's holds. */
export interface StatedUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** `image`: each container of ours states the user of its image. */
export type UserChoice = StatedUser | 'image';

const unstated: StatedUser = {};

/**
 * Chooses the user of the containers of ours. A platform that assigns users (OpenShift) writes them into the
 * containers before it calls webhooks, and refuses any other afterwards; so the first of these that there is holds:
 *
 * 1. the pod's own, which containers of ours inherit
 * 2. the one user of all application containers that state a user
 * 3. the first of the namespace's range
 * 4. those of our images
 *
 * Root is never chosen: `runAsNonRoot` would keep a container of ours from starting, so a pod or container of root
 * counts as one that states no user. With `users: unset` in the settings, 2 to 4 are left out, but not in a pod of
 * root, whose user would be inherited.
 * @param namespaceUser the first user of the namespace's range
 */
export function chooseUser(pod: Pod, namespaceUser: number | undefined, { users }: InjectSettings): UserChoice {
  const given = podUser(pod);
  if (given !== undefined && given !== 0) return unstated;
  if (given === undefined && users === 'unset') return unstated;
  return sharedUser(pod) ?? (namespaceUser === undefined ? 'image' : { uid: namespaceUser });
}

/**
 * The user of all application containers that state one, with their group where they share it. Containers that other
 * injectors add run as users of their own, which a mesh's redirection of traffic goes by.
 */
function sharedUser(pod: Pod): StatedUser | undefined {
  let uid: number | undefined;
  let gid: Json | undefined;
  for (const { name, json } of pod.containers) {
    const context = objectOf(json.securityContext);
    const user = context?.runAsUser;
    if (!isPlainUser(user) || injectorOf(name, pod) !== undefined) continue;
    const group = context?.runAsGroup;
    if (uid === undefined) [uid, gid] = [user, group];
    else if (uid !== user) return undefined;
    else if (gid !== group) gid = undefined;
  }
  if (uid === undefined) return undefined;
  return gid === 0 || isPlainUser(gid) ? { uid, gid } : { uid };
}
