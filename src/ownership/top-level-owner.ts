import { controllingOwner } from './controlling-owner.ts';

/** The object that a person created and that made a pod in the end. */
export interface TopLevelOwner {
  /** `Deployment`. */
  readonly kind: string;
  readonly name: string;
}

/** The fields of `ObjectMeta` that tell it. */
interface OwnedMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly controller?: boolean;
  }[];
}

/**
 * The top-level owner of a pod, read from the pod alone: its controller, or the Deployment behind a ReplicaSet. The
 * name of that ReplicaSet is the Deployment's followed by the hash in the pod's label. Undefined: no controller made
 * the pod.
 */
export function topLevelOwner({ labels = {}, ownerReferences = [] }: OwnedMetadata): TopLevelOwner | undefined {
  const owner = controllingOwner(ownerReferences);
  if (owner === undefined) return undefined;
  const { kind, name } = owner;
  const hash = labels['pod-template-hash'];
  return kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`)
    ? { kind: 'Deployment', name: name.slice(0, -hash.length - 1) }
    : { kind, name };
}
