/** The exit codes of all commands, as `--help` lists them. */
export const exit = {
  ok: 0,
  /** A check has findings. */
  findings: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A file, an address or another input is unusable. */
  input: 3,
  /** The cluster does not answer. */
  unreachable: 4,
  /** A bug of the program; EX_SOFTWARE of sysexits.h. */
  bug: 70,
} as const;
