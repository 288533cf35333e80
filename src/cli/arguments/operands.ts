import type { FlagTable } from '../../flags/flag.ts';

/**
 * Parts what a command works on from its flags, wherever it stands among them. `-` is an operand, and so is everything
 * after `--`.
 */
export function splitOperands(
  table: FlagTable,
  args: readonly string[],
): { readonly operands: readonly string[]; readonly flags: readonly string[] } {
  const valued = new Set(
    Object.values(table)
      .filter((flag) => typeof flag.default !== 'boolean')
      .flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]),
  );
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const operands: string[] = [];
  const flags: string[] = [];
  for (let i = 0; i < end; i++) {
    const argument = args[i]!;
    if (argument === '-' || !argument.startsWith('-')) {
      operands.push(argument);
      continue;
    }
    flags.push(argument);
    if (valued.has(argument) && i + 1 < end) flags.push(args[++i]!);
  }
  return { operands: [...operands, ...args.slice(end + 1)], flags };
}
