import type { EventKind, Mapping, ObserverSettings, Rule } from '../../src/statsd/mapping/mapping.ts';

/**
 * The fields of a hand-made rule. Other fields are as in a file that does not mention them; without a name the rule
 * keeps that of the line.
 */
export type HandRule = Partial<Omit<Rule, 'index' | 'line'>> & {
  readonly match: string;
  readonly kinds?: readonly EventKind[];
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
};

export const summary = {
  type: 'summary',
  quantiles: [{ quantile: 0.5, error: 0.05 }],
  maxAge: 600_000,
  ageBuckets: 5,
} satisfies ObserverSettings;

export const histogram = (...buckets: readonly number[]): ObserverSettings => ({
  type: 'histogram',
  buckets,
  native: undefined,
});

/** A mapping whose rules match a whole name, or every name with the prefix before a `*`. The first match wins. */
export function handMapping(
  rules: readonly HandRule[],
  defaults: { readonly ttl?: number; readonly observer?: ObserverSettings } = {},
): Mapping {
  const made = rules.map((rule, index): Rule => {
    const {
      match,
      matchType = 'glob',
      name = '',
      action = 'map',
      help,
      honorLabels = false,
      scale,
      ttl = defaults.ttl ?? 0,
      observer,
    } = rule;
    const settings = observer ?? defaults.observer ?? summary;
    return {
      index,
      line: index + 1,
      match,
      matchType,
      name,
      action,
      help,
      honorLabels,
      scale,
      ttl,
      observer: settings,
    };
  });
  return {
    rules: made,
    defaults: { ttl: defaults.ttl ?? 0, observer: defaults.observer },
    find(kind, name) {
      const at = rules.findIndex(
        ({ match, kinds }) =>
          (kinds === undefined || kinds.includes(kind)) &&
          (match.endsWith('*') ? name.startsWith(match.slice(0, -1)) : name === match),
      );
      const rule = rules[at];
      if (rule === undefined) return undefined;
      const { name: target = name, labels = {} } = rule;
      return { rule: made[at]!, name: target, labels: Object.entries(labels), captures: [] };
    },
  };
}
