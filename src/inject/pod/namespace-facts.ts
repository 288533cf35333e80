/** Quantities by resource name, as they are written: `{ cpu: '500m', memory: '128Mi' }`. */
export type Quantities = Readonly<Record<string, string>>;

/** One item of a namespace's LimitRanges. Items of other types than these two do not concern pods. */
export interface LimitRangeItem {
  readonly type: 'Container' | 'Pod';
  readonly max?: Quantities;
  readonly min?: Quantities;
  readonly default?: Quantities;
  readonly defaultRequest?: Quantities;
  readonly maxLimitRequestRatio?: Quantities;
}

/** A resource of pods that a quota counts, by our name: `cpu` of a quota is `requests.cpu`, `count/pods` is `pods`. */
export type QuotaResource = 'requests.cpu' | 'requests.memory' | 'limits.cpu' | 'limits.memory' | 'pods';

/** A condition on the pods that a quota counts. Scopes of a quota are conditions with the operator Exists. */
export interface QuotaScope {
  readonly name: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** A ResourceQuota, as far as it concerns pods. All of its conditions have to hold. */
export interface Quota {
  readonly name: string;
  readonly scopes: readonly QuotaScope[];
  /** The amount that is not used yet, in billionths, as quantities are read; negative where too much is used. */
  readonly left: Readonly<Partial<Record<QuotaResource, bigint>>>;
}

/** Facts of the cluster that a pod does not hold itself. */
export interface Facts {
  readonly namespace: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly limitRanges: readonly LimitRangeItem[];
    /** Those that concern pods, by name; absent: none. */
    readonly quotas?: readonly Quota[];
    /** The first user of the range that the platform gives the namespace (OpenShift); absent: there is no range. */
    readonly user?: number;
  };
  /** Versions of the kubelets that could run the pod, as nodes report them: `v1.33.1`; null: unknown. */
  readonly kubelets: readonly string[] | null;
}
