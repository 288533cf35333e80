import type { Codec } from './codec.ts';

/**
 * One flag: everything that the parser, the help text, the docs, the injector and the annotations need to know of it.
 */
export interface Flag<T> {
  /** Without the dashes: `statsd.listen-udp`. */
  readonly name: string;
  readonly codec: Codec<T>;
  readonly default: T;
  /** One sentence, for help and docs. */
  readonly doc: string;
  readonly example: string;
  /** The environment variable that counts where neither the flag nor a file gives a value. */
  readonly env?: string;
  /** One letter: `-o json` is then the same as `--output=json`. */
  readonly short?: string;
  /** Present: the same setting can be made by the annotation `<kind>.metrics-sidecar.io/<annotation>`. */
  readonly annotation?: string;
}

/** A table of flags, each under the name of its setting. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** The settings of a table: a value for each of its flags. */
export type Settings<Table extends FlagTable> = {
  readonly [Key in keyof Table]: Table[Key] extends Flag<infer T> ? T : never;
};

/** Defines a flag; the function exists for the inference of its type. */
export function flag<T>(definition: Flag<T>): Flag<T> {
  return definition;
}

/** The defaults of each table; tables never change. */
const defaultsCache = new WeakMap<FlagTable, Readonly<Record<string, unknown>>>();

/** The default settings of a table; the same object each time. */
export function defaults<Table extends FlagTable>(table: Table): Settings<Table> {
  let settings = defaultsCache.get(table);
  if (settings === undefined) {
    settings = Object.freeze(
      Object.fromEntries(Object.entries(table).map(([key, { default: value }]) => [key, value])),
    );
    defaultsCache.set(table, settings);
  }
  return settings as Settings<Table>;
}
