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
  /** Of this program. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What a run of checks shares: the connection, the options, and what one of them has read for all. */
export interface Context extends CheckOptions {
  readonly kube: Kube;
  /** Reads something once a run, by the identity of the function. */
  readonly once: <T>(read: (context: Context) => Promise<T>) => Promise<T>;
}

/** One check. It stands for itself: what another check reads it reads again, and says so where that fails. */
export interface Check {
  /** Dotted words; the heading of its section in docs/troubleshooting.md. */
  readonly id: string;
  /** What is so when the check is ok. */
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
  /** Where to read on. */
  readonly hint: string;
}

export function contextOf(kube: Kube, options: CheckOptions): Context {
  const known = new Map<unknown, Promise<unknown>>();
  const context: Context = {
    ...options,
    kube,
    once<T>(read: (context: Context) => Promise<T>): Promise<T> {
      const before = known.get(read) as Promise<T> | undefined;
      if (before !== undefined) return before;
      const reading = read(context);
      known.set(read, reading);
      return reading;
    },
  };
  return context;
}

/** GitHub makes the anchor of a heading without its dots. */
export function hintOf(id: string): string {
  return `docs/troubleshooting.md#${id.replaceAll('.', '')}`;
}
