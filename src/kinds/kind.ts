import type { Annotation, AnnotationTable } from '../contract/annotation.ts';
import type { MetricTable } from '../exposition/own/metric-table.ts';
import type { FlagTable, Settings } from '../flags/flag.ts';
import type { AlertGroup } from '../monitoring/alerts/alert.ts';
import type { Dashboard } from '../monitoring/dashboards/dashboard.ts';
import type { Logger } from '../runtime/logger.ts';
import type { StartRuntime } from '../runtime/runtime.ts';
import type { KindInjection } from './injection/kind-plan.ts';

/**
 * One kind: all that the program says of it. The flags parse its command line and render the sidecar's arguments; the
 * engine asks `injection`; the sidecar calls `start`. What only some commands need is loaded when they ask for it.
 */
export interface Kind<Flags extends FlagTable = FlagTable> {
  /** The word in annotations and command lines: `port-monitor`. */
  readonly name: string;
  /** One sentence for help and completion. */
  readonly summary: string;
  /** The origin of its numbers, for `explain`: "the pod's sockets and local ports". */
  readonly shows: string;
  readonly flags: Flags;
  /** Annotations beside those that the flag table marks. */
  readonly annotations: AnnotationTable;
  /** Annotations whose value others need to know even where it is the default, for `explain`. */
  readonly alwaysExplained: readonly Annotation<unknown>[];
  readonly injection: KindInjection<Settings<Flags>>;
  /** Runs in place of the sidecar where `isAsked` says so, and says whether it found everything right. */
  readonly check?: {
    isAsked(settings: Settings<Flags>): boolean;
    load(): Promise<(settings: Settings<Flags>, log: Logger) => Promise<boolean>>;
  };
  /** Loads the runtime's code. */
  start(): Promise<StartRuntime<Settings<Flags>>>;
  /** The metrics that it shows of itself. */
  metrics(): Promise<MetricTable>;
  dashboard(): Promise<Dashboard>;
  alerts(): Promise<AlertGroup>;
}

/**
 * Checks a kind against its own flag table, then forgets which table that is: the list holds kinds of any table, and
 * each gets only settings that its own table made.
 */
export function kind<Flags extends FlagTable>(definition: Kind<Flags>): Kind {
  return definition as unknown as Kind;
}
