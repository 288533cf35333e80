import { type SnapshotWatch, watchSnapshots } from '../../../files/watch-snapshots.ts';
import type { Result } from '../../../result/result.ts';
import type { Logger } from '../../../runtime/logger.ts';
import type { Reloaded } from '../../../runtime/runtime.ts';
import { firstError } from '../findings.ts';
import type { Finding, Mapping } from '../mapping.ts';
import { type MappingFile, mappingLook, readMappingFile } from './mapping-file.ts';

/** The result of reading a mapping file. */
export type MappingRead =
  | { readonly ok: true; readonly mapping: Mapping; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

export interface MappingOptions {
  /** A file, or a directory that holds it. */
  readonly path: string;
  /** The file may be missing or wrong at first: there is no mapping until a valid one appears. */
  readonly optional: boolean;
  readonly read: (text: string) => MappingRead | Promise<MappingRead>;
  /** The most bytes of the file. */
  readonly mostBytes?: number;
  /** Puts a mapping to use. */
  readonly use: (mapping: Mapping) => void;
  readonly log: Logger;
  /** Milliseconds between two looks where the file system does not report changes. */
  readonly poll: number;
}

/** The mapping in use, and the state of its file. */
export interface MappingState {
  readonly path: string;
  /** The file of the mapping in use; undefined: there is no mapping yet. */
  readonly file: string | undefined;
  /** The text of the mapping in use. */
  readonly text: string | undefined;
  readonly rules: number;
  /** The findings of the version that was read last, in use or not. */
  readonly findings: readonly Finding[];
  /** The reason why the last version is not in use; undefined: it is. */
  readonly problem: string | undefined;
  /** The reloads since the start, without the first load. */
  readonly reloads: { readonly success: number; readonly failure: number };
}

export interface LiveMapping {
  readonly state: MappingState;
  /** Reads the file again, even if it has not changed. */
  reload(): Promise<Reloaded>;
  stop(): void;
}

/** The most findings of one version that are logged and shown; their number is always shown. */
export const mostShownFindings = 20;

/**
 * Loads a mapping file, and again whenever it changes. A version that is wrong or disappears changes nothing: the
 * mapping before stays in use.
 *
 * @returns the live mapping; a problem where a required mapping is missing or wrong.
 */
export async function startLiveMapping(options: MappingOptions): Promise<Result<LiveMapping>> {
  const { path, optional, poll, mostBytes } = options;
  const snapshot = await readMappingFile(path, mostBytes);
  const updater = new MappingUpdater(options);
  const problem = await updater.take(snapshot);
  // A directory without a mapping means that one will come.
  const waits = optional || (snapshot.kind === 'missing' && snapshot.directory);
  if (problem !== undefined && !waits) return { ok: false, problem };
  const failed = (error: unknown) =>
    options.log.error('statsd: mapping not read: internal error', { error: String(error) });
  const watch = watchSnapshots(
    async () => mappingLook(path, await readMappingFile(path, mostBytes)),
    mappingLook(path, snapshot),
    poll,
    (now) => void updater.take(now).catch(failed),
    failed,
  );
  return { ok: true, value: updater.live(watch) };
}

/** Reads a mapping once, and logs its findings. @returns the reason why it cannot be used. */
export async function checkMapping(
  path: string,
  read: MappingOptions['read'],
  log: Logger,
): Promise<string | undefined> {
  const updater = new MappingUpdater({ path, optional: false, read, use() {}, log, poll: 0 });
  return updater.take(await readMappingFile(path));
}

class MappingUpdater {
  readonly #options: MappingOptions;
  #state: MappingState;
  #started = false;
  #stopped = false;
  /** Versions are read in order: an older one that takes longer must not end last. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: MappingOptions) {
    this.#options = options;
    const reloads = { success: 0, failure: 0 };
    const { path } = options;
    this.#state = { path, file: undefined, text: undefined, rules: 0, findings: [], problem: undefined, reloads };
  }

  live(watch: SnapshotWatch<MappingFile>): LiveMapping {
    const state = () => this.#state;
    const reload = async (): Promise<Reloaded> => {
      const snapshot = await watch.look();
      const waits = this.#waits(snapshot);
      const problem = await this.take(snapshot);
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

  /** Puts the mapping of the file to use, if it is valid. @returns the reason why it is not. */
  take(snapshot: MappingFile): Promise<string | undefined> {
    const outcome = this.#last.then(() => this.#take(snapshot));
    this.#last = outcome.catch(() => {});
    return outcome;
  }

  async #take(snapshot: MappingFile): Promise<string | undefined> {
    const first = !this.#started;
    this.#started = true;
    if (snapshot.kind !== 'read') return this.#refuse(snapshot.problem, [], first || this.#waits(snapshot));
    const read = await this.#read(snapshot);
    if (this.#stopped) return 'the process ends';
    if (typeof read === 'string') return this.#refuse(read, [], first);
    const { log } = this.#options;
    for (const finding of read.findings.slice(0, mostShownFindings)) {
      const { severity, code, line, column, message } = finding;
      log[severity === 'error' ? 'error' : 'warn'](`statsd mapping: ${message}`, {
        file: snapshot.file,
        line,
        column,
        code,
      });
    }
    if (!read.ok) return this.#refuse(sentence(snapshot.file, read.findings), read.findings, first);
    this.#options.use(read.mapping);
    const { rules } = read.mapping;
    this.#state = {
      ...this.#state,
      // The watch holds the same string: this copy costs nothing.
      ...{ file: snapshot.file, text: snapshot.text, rules: rules.length, findings: read.findings, problem: undefined },
      reloads: addReload(this.#state, first ? undefined : 'success'),
    };
    log.info('statsd: mapping loaded', { file: snapshot.file, rules: rules.length, findings: read.findings.length });
    return undefined;
  }

  async #read({ file, text }: Extract<MappingFile, { kind: 'read' }>): Promise<MappingRead | string> {
    try {
      return await this.#options.read(text);
    } catch (error) {
      // The parsers of YAML and regular expressions are third-party code, and read any text here; an exception of
      // theirs must not end the process.
      return `${file}: ${String(error)}`;
    }
  }

  /** A file that is not there yet is not a failure. */
  #waits(snapshot: MappingFile): boolean {
    return snapshot.kind === 'missing' && this.#state.file === undefined;
  }

  #refuse(problem: string, findings: readonly Finding[], expected: boolean): string {
    const { log } = this.#options;
    const { file } = this.#state;
    const reloads = addReload(this.#state, expected ? undefined : 'failure');
    this.#state = { ...this.#state, findings, problem, reloads };
    if (file === undefined) log.warn('statsd: no mapping', { problem });
    else log.error('statsd: mapping not loaded: the one before stays in use', { problem });
    return problem;
  }
}

function addReload({ reloads }: MappingState, outcome: 'success' | 'failure' | undefined): MappingState['reloads'] {
  return outcome === undefined ? reloads : { ...reloads, [outcome]: reloads[outcome] + 1 };
}

function sentence(file: string, findings: readonly Finding[]): string {
  const error = firstError(findings);
  return error === undefined ? `${file}: not a mapping` : `${file}:${error}`;
}
