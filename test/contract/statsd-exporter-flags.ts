/** A flag of statsd_exporter, as its `--help` has it. */
export interface TheirFlag {
  /** Without the dashes. */
  readonly name: string;
  /** It takes no value, and has a `--no-` form. */
  readonly toggle: boolean;
  /** Undefined: the help names none. */
  readonly value: string | undefined;
}

/**
 * The flags in a help text of kingpin: `--name="default"`, `--name=default`, `--name=NAME` without a default,
 * `--[no-]name`.
 */
export function theirFlags(help: string): readonly TheirFlag[] {
  return [...help.matchAll(/^ {2}(?:-\w,| {3}) --(\[no-\])?([a-z.-]+)(?:=("[^"]*"|\S+))?/gm)].map(
    ([, no, name, value]) => {
      const placeholder = value === name!.toUpperCase();
      return {
        name: name!,
        toggle: no !== undefined,
        value: placeholder ? undefined : value?.replace(/^"(.*)"$/, '$1'),
      };
    },
  );
}
