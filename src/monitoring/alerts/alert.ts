/** What an alert says and when; how it is written down is a matter of `rules.ts`. */
export interface Alert {
  readonly name: string;
  /** `critical`: somebody has to come now. `warning`: today. `info`: to know. */
  readonly severity: 'critical' | 'warning' | 'info';
  /** How long it has to be so: longer than a pod's restart or a rollout takes. */
  readonly lasting: string;
  readonly expression: string;
  /** One line, with the labels that tell which one it is. */
  readonly summary: string;
  /** What it means for whom, and what the value is. */
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
 * there was nothing before to compare it with; and one event is often all there is.
 */
export function grew(series: string, window: string): string {
  return `((increase(${series}[${window}]) > 0) or (${series} unless ${series} offset ${window}))`;
}
