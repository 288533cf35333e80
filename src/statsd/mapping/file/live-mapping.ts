import { type LookWatch, watchLooks } from '../../../files/watch.ts';
import type { Result } from '../../../result/result.ts';
import type { Logger } from '../../../runtime/logger.ts';
import type { Reloaded } from '../../../runtime/runtime.ts';
import { firstError } from '../findings.ts';
import type { Finding, Mapping } from '../mapping.ts';
import { type MappingFile, mappingLook, readMappingFile } from './mapping-file.ts';

/** What a mapping file says: a mapping, or why it is none. */
export type MappingRead =
  | { readonly ok: true; readonly mapping: Mapping; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

export interface MappingOptions {
  /** A file, or a directory that holds it. */
  readonly path: string;
  /** It may be missing or wrong at first: there is no mapping then until it is there, and right. */
  readonly optional: boolean;
  readonly read: (text: string) => MappingRead | Promise<MappingRead>;
  /** Bytes of the file at most. */
  readonly mostBytes?: number;
  /** Puts a mapping to use. */
  readonly use: (mapping: Mapping) => void;
  readonly log: Logger;
  /** Milliseconds between two looks where the file system does not tell of changes. */
  readonly poll: number;
}

/** The mapping in use, and what is to be known of its file. */
export interface MappingState {
  readonly path: string;
  /** The file that the mapping in use was read from; undefined: there is no mapping yet. */
  readonly file: string | undefined;
  /** What stands in it, as the mapping in use was read from it. */
  readonly text: string | undefined;
  readonly rules: number;
  /** Of the version that was read last, in use or not. */
  readonly findings: readonly Finding[];
  /** Why the version that is there is not in use; undefined where it is. */
  readonly problem: string | undefined;
  /** Since the start, without the first load. */
  readonly reloads: { readonly success: number; readonly failure: number };
}

export interface LiveMapping {
  readonly state: MappingState;
  /** Reads it again, whether it has changed or not. */
  reload(): Promise<Reloaded>;
  stop(): void;
}

/** Findings of one version that are logged and shown; their number is always said. */
export const SHOWN_FINDINGS = 20;

/**
 * Loads a mapping file, and again whenever it changes. A version that is wrong or goes away changes nothing: the one before
 * stays in use.
 *
 * @returns the mapping kept up to date; the problem where it has to be there at first and is missing or wrong.
 */
export async function startLiveMapping(options: MappingOptions): Promise<Result<LiveMapping>> {
  const { path, optional, poll, mostBytes } = options;
  const found = await readMappingFile(path, mostBytes);
  const keeper = new Keeper(options);
  const problem = await keeper.take(found);
  // A directory without a mapping says that one will come.
  const waits = optional || (found.kind === 'missing' && found.directory);
  if (problem !== undefined && !waits) return { ok: false, problem };
  const failed = (error: unknown) =>
    options.log.error('statsd: mapping not looked at: internal error', { error: String(error) });
  const watch = watchLooks(
    async () => mappingLook(path, await readMappingFile(path, mostBytes)),
    mappingLook(path, found),
    poll,
    (now) => void keeper.take(now).catch(failed),
    failed,
  );
  return { ok: true, value: keeper.kept(watch) };
}

/** Reads a mapping once, and logs what was found. @returns why it cannot be used. */
export async function checkMapping(
  path: string,
  read: MappingOptions['read'],
  log: Logger,
): Promise<string | undefined> {
  const keeper = new Keeper({ path, optional: false, read, use() {}, log, poll: 0 });
  return keeper.take(await readMappingFile(path));
}

class Keeper {
  readonly #options: MappingOptions;
  #state: MappingState;
  #started = false;
  #stopped = false;
  /** Versions are read one after the other: an older one that takes longer must not come last. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: MappingOptions) {
    this.#options = options;
    const reloads = { success: 0, failure: 0 };
    const { path } = options;
    this.#state = { path, file: undefined, text: undefined, rules: 0, findings: [], problem: undefined, reloads };
  }

  kept(watch: LookWatch<MappingFile>): LiveMapping {
    const state = () => this.#state;
    const reload = async (): Promise<Reloaded> => {
      const found = await watch.look();
      const waits = this.#waits(found);
      const problem = await this.take(found);
      const { file, rules } = this.#state;
      if (problem === undefined) return { ok: true, value: `statsd: ${rules} mapping rules from ${file}` };
      if (waits) return { ok: true, value: `statsd: no mapping yet: ${problem}` };
      return {
        ok: false,
        problem: `statsd: ${problem}${file === undefined ? '' : '; the mapping before stays in use'}`,
      };
    };
    return {
      get state() {
        return state();
      },
      reload,
      stop: () => {
        this.#stopped = true;
        watch.stop();
      },
    };
  }

  /** Puts to use what was found, where it can be. @returns why it cannot. */
  take(found: MappingFile): Promise<string | undefined> {
    const taken = this.#last.then(() => this.#take(found));
    this.#last = taken.catch(() => {});
    return taken;
  }

  async #take(found: MappingFile): Promise<string | undefined> {
    const first = !this.#started;
    this.#started = true;
    if (found.kind !== 'read') return this.#refuse(found.problem, [], first || this.#waits(found));
    const read = await this.#read(found);
    if (this.#stopped) return 'the process ends';
    if (typeof read === 'string') return this.#refuse(read, [], first);
    const { log } = this.#options;
    for (const finding of read.findings.slice(0, SHOWN_FINDINGS)) {
      const { severity, code, line, column, message } = finding;
      log[severity === 'error' ? 'error' : 'warn'](`statsd mapping: ${message}`, {
        file: found.file,
        line,
        column,
        code,
      });
    }
    if (!read.ok) return this.#refuse(sentence(found.file, read.findings), read.findings, first);
    this.#options.use(read.mapping);
    const { rules } = read.mapping;
    this.#state = {
      ...this.#state,
      // The watch holds the same text: this costs nothing.
      ...{ file: found.file, text: found.text, rules: rules.length, findings: read.findings, problem: undefined },
      reloads: counted(this.#state, first ? undefined : 'success'),
    };
    log.info('statsd: mapping loaded', { file: found.file, rules: rules.length, findings: read.findings.length });
    return undefined;
  }

  async #read({ file, text }: Extract<MappingFile, { kind: 'read' }>): Promise<MappingRead | string> {
    try {
      return await this.#options.read(text);
    } catch (error) {
      // Others' parsers of YAML and regular expressions meet here what anybody may have written; a fault of theirs must not end the process.
      return `${file}: ${String(error)}`;
    }
  }

  /** What is not there yet is no failure. */
  #waits(found: MappingFile): boolean {
    return found.kind === 'missing' && this.#state.file === undefined;
  }

  #refuse(problem: string, findings: readonly Finding[], expected: boolean): string {
    const { log } = this.#options;
    const { file } = this.#state;
    const reloads = counted(this.#state, expected ? undefined : 'failure');
    this.#state = { ...this.#state, findings, problem, reloads };
    if (file === undefined) log.warn('statsd: no mapping', { problem });
    else log.error('statsd: mapping not loaded: the one before stays in use', { problem });
    return problem;
  }
}

function counted({ reloads }: MappingState, outcome: 'success' | 'failure' | undefined): MappingState['reloads'] {
  return outcome === undefined ? reloads : { ...reloads, [outcome]: reloads[outcome] + 1 };
}

function sentence(file: string, findings: readonly Finding[]): string {
  const error = firstError(findings);
  return error === undefined ? `${file}: not a mapping` : `${file}:${error}`;
}
