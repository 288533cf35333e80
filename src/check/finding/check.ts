import type { Kube } from '../../kube/kube.ts';
import type { Finding } from './finding.ts';

const categories = ['kubernetes', 'permissions', 'installation', 'webhook', 'pods', 'prometheus'] as const;
export type Category = (typeof categories)[number];

export interface CheckOptions {
  /** Where the dry run of `webhook.injects` creates its pod. */
  readonly namespace: string;
  /** Where the chart is, or is going to be, installed. */
  readonly releaseNamespace: string;
  /** The address of a Prometheus, to ask it for its targets. */
  readonly prometheus: string | undefined;
  /** The version of this program. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The connection, the options and the results of reads that all checks of a run share. */
export interface Context extends CheckOptions {
  readonly kube: Kube;
  /** Calls `read` once in a run, by the identity of the function, and gives the same result to every check. */
  readonly once: <T>(read: (context: Context) => Promise<T>) => Promise<T>;
}

/** One check. It reads everything that it needs, so it can run alone; a failed read is its finding. */
export interface Check {
  /** Dotted words; the heading of its section in docs/troubleshooting.md. */
  readonly id: string;
  /** The statement that is true when the check is ok. */
  readonly title: string;
  readonly category: Category;
  /** Checks that have to be ok, or a warning, for this one to make sense. */
  readonly needs: readonly string[];
  readonly run: (context: Context) => Promise<Finding>;
}

export interface CheckResult extends Finding {
  readonly id: string;
  readonly title: string;
  readonly category: Category;
  /** The section of docs/troubleshooting.md about the check. */
  readonly hint: string;
}

export function contextOf(kube: Kube, options: CheckOptions): Context {
  const results = new Map<unknown, Promise<unknown>>();
  const context: Context = {
    ...options,
    kube,
    once<T>(read: (context: Context) => Promise<T>): Promise<T> {
      const earlier = results.get(read) as Promise<T> | undefined;
      if (earlier !== undefined) return earlier;
      const result = read(context);
      results.set(read, result);
      return result;
    },
  };
  return context;
}

/** GitHub leaves the dots of a heading out of its anchor. */
export function hintOf(id: string): string {
  return `docs/troubleshooting.md#${id.replaceAll('.', '')}`;
}
