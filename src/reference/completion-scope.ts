import type { Completes } from '../flags/codec.ts';

/** The content of the completion scripts of all shells. */
export interface Completion {
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  /** The commands that run together, joined by "+". */
  readonly kinds: readonly string[];
  /** One for each command, and the one named '' for what stands before a command. */
  readonly scopes: readonly Scope[];
}

export interface Scope {
  readonly name: string;
  readonly offers: readonly Offer[];
  readonly operands: Completes | undefined;
}

/** A flag as it is offered: one that is on by itself with `no-` before its name. */
export interface Offer {
  readonly name: string;
  readonly short: string | undefined;
  /** One sentence. */
  readonly doc: string;
  /** Absent: it takes no value. `any`: nobody can know which. */
  readonly value?: Completes | 'any';
}

/** How a flag can be spelled before its value. */
function spellings({ name, short }: Offer): readonly string[] {
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
}

/**
 * The flags of a scope that take a value, together where they take the same: `COMMAND --flag`, as scripts ask for them.
 */
export function valued({
  name,
  offers,
}: Scope): readonly { readonly value: Completes | 'any'; readonly asked: readonly string[] }[] {
  const same = new Map<string, { value: Completes | 'any'; asked: string[] }>();
  for (const offer of offers) {
    const { value } = offer;
    if (value === undefined) continue;
    const key = String(value);
    const group = same.get(key) ?? { value, asked: [] };
    group.asked.push(...spellings(offer).map((spelling) => `${name} ${spelling}`));
    same.set(key, group);
  }
  return [...same.values()];
}

/** Text in single quotes of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
