import type { ObjectMeta } from './kube.ts';

/** Who made an object, as people know it. */
export interface Maker {
  /** `Deployment`. */
  readonly kind: string;
  readonly name: string;
}

/**
 * Who made a pod, without asking: its controller, or the Deployment behind a ReplicaSet, whose name is the ReplicaSet's before
 * the hash that the pod is labelled with. Undefined: nobody made it.
 */
export function makerOf({ labels = {}, ownerReferences = [] }: ObjectMeta): Maker | undefined {
  const owner = ownerReferences.find(({ controller }) => controller === true);
  if (owner === undefined) return undefined;
  const { kind, name } = owner;
  const hash = labels['pod-template-hash'];
  return kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`)
    ? { kind: 'Deployment', name: name.slice(0, -hash.length - 1) }
    : { kind, name };
}
