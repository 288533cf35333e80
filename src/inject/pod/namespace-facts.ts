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

/** Facts of the cluster that a pod does not hold itself. */
export interface Facts {
  readonly namespace: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly limitRanges: readonly LimitRangeItem[];
    /** The first user of the range that the platform gives the namespace (OpenShift); absent: there is no range. */
    readonly user?: number;
  };
  /** Versions of the kubelets that could run the pod, as nodes report them: `v1.33.1`; null: unknown. */
  readonly kubelets: readonly string[] | null;
}
