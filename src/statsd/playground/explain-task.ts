import type { statsdFlags } from '../../contract/statsd.ts';
import type { Settings } from '../../flags/flag.ts';
import type { Result } from '../../result/result.ts';

/** What the worker explains with. */
export interface WorkerStart {
  readonly settings: Settings<typeof statsdFlags>;
}

/** What the worker is asked. */
export interface Task {
  readonly lines: readonly string[];
  /** The text of a mapping file; undefined: there is none. */
  readonly mapping: string | undefined;
  readonly as: 'html' | 'json';
}

/** What the worker answers: the explanation, written down. */
export type Done = Result<string>;

/** Characters of an answer at most. */
export const MOST_CHARACTERS = 2 * 2 ** 20;
