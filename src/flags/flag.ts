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
  /** Read where neither the flag nor a file gives a value. */
  readonly env?: string;
  /** One letter: `-o json` is then the same as `--output=json`. */
  readonly short?: string;
  /** Present: the same setting can be made by the annotation `<kind>.metrics-sidecar.io/<annotation>`. */
  readonly annotation?: string;
}

/** A table of flags, each under the name of the setting it makes. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** What parsing with a table gives: a value for every flag of it. */
export type Settings<Table extends FlagTable> = {
  readonly [Key in keyof Table]: Table[Key] extends Flag<infer T> ? T : never;
};

/** Says a flag; only for the inference of its type. */
export function flag<T>(definition: Flag<T>): Flag<T> {
  return definition;
}

/** By table, which never changes. */
const settingsOfNobody = new WeakMap<FlagTable, Readonly<Record<string, unknown>>>();

/** The settings of a table when nobody says anything; the same object each time. */
export function defaults<Table extends FlagTable>(table: Table): Settings<Table> {
  let settings = settingsOfNobody.get(table);
  if (settings === undefined) {
    settings = Object.freeze(
      Object.fromEntries(Object.entries(table).map(([key, { default: value }]) => [key, value])),
    );
    settingsOfNobody.set(table, settings);
  }
  return settings as Settings<Table>;
}
