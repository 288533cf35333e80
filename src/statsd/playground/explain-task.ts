import type { statsdFlags } from '../../contract/statsd.ts';
import type { Settings } from '../../flags/flag.ts';
import type { Result } from '../../result/result.ts';

/** The data with which the worker starts. */
export interface WorkerStart {
  readonly settings: Settings<typeof statsdFlags>;
}

/** A task of the worker. */
export interface ExplainTask {
  readonly lines: readonly string[];
  /** The text of a mapping file; undefined: no mapping. */
  readonly mapping: string | undefined;
  readonly as: 'html' | 'json';
}

/** The answer of the worker: the rendered explanation. */
export type ExplainResult = Result<string>;

/** The most characters of an answer. */
export const mostCharacters = 2 * 2 ** 20;
