import type { KindName } from '../../contract/names.ts';

/** The settings that the administrator does not let pods set. */
export interface Lock {
  /** Annotations of pods and Services, by their whole keys. */
  readonly keys: ReadonlySet<string>;
  /** Kinds that nobody may ask for. */
  readonly kinds: ReadonlySet<KindName>;
}

/** The injector's own settings: flags and settings file of the webhook or of the offline commands. */
export interface InjectSettings {
  /** Defaults of annotations by their whole keys, as texts that their codecs take. */
  readonly defaults: ReadonlyMap<string, string>;
  readonly onInvalid: 'allow' | 'deny';
  readonly nativeSidecars: 'auto' | 'true' | 'false';
  /** The version of the oldest kubelet where the facts do not know the kubelets. */
  readonly kubernetesVersion?: string;
  /** Whether pods and Services are found by their `prometheus.io` annotations. */
  readonly discovery: 'annotations' | 'none';
  /** `unset`: containers of ours state no user, the platform writes one. Absent: they state the right one. */
  readonly users?: 'unset';
  /** Absent: nothing is locked. */
  readonly lock?: Lock;
  /** Of the program: the image's tag, and what the status annotation says. */
  readonly version: string;
}
