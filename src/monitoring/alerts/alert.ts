/** An alert; `rules.ts` writes it as a rule of Prometheus. */
export interface Alert {
  readonly name: string;
  /** `critical`: somebody has to act now. `warning`: today. `info`: nobody has to act. */
  readonly severity: 'critical' | 'warning' | 'info';
  /** How long the expression has to hold: longer than a pod's restart or a rollout takes. */
  readonly for: string;
  readonly expression: string;
  /** One line, with the labels of the series. */
  readonly summary: string;
  /** The meaning of the alert, and whom it concerns. */
  readonly description: string;
}

export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}

/** The heading of the alert's section in docs/alerts.md as an anchor. */
export function anchorOf({ name }: Alert): string {
  return name.toLowerCase();
}

/**
 * Series that grew within the window. `increase` alone does not see a series that appears with its first event, because
 * it has no earlier sample to compare with; and often there is only one event.
 */
export function grew(series: string, window: string): string {
  return `((increase(${series}[${window}]) > 0) or (${series} unless ${series} offset ${window}))`;
}
