/** Finds the packages of package.json that nothing uses. */
import type { Sources } from './unused-exports.ts';

export interface Packages {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/**
 * Problems of the dependencies: `src/` has to import those of the program; the others are for tests, scripts and
 * benchmarks, or their program is run by a script of package.json.
 *
 * @param otherwise packages that no file names, each with what uses it
 */
export function unusedPackages(
  { scripts, dependencies, devDependencies }: Packages,
  sources: Sources,
  otherwise: Readonly<Record<string, string>>,
): readonly string[] {
  const src = textOf(sources, (file) => file.startsWith('src/'));
  const all = `${textOf(sources, () => true)}\n${Object.values(scripts).join('\n')}`;
  const unneeded = new Set(Object.keys(otherwise));
  const problems: string[] = [];
  for (const name of Object.keys(dependencies)) {
    if (!isNamed(name, src)) problems.push(`package.json: src/ does not import ${name}`);
  }
  for (const name of Object.keys(devDependencies)) {
    if (isNamed(name, all)) continue;
    if (name in otherwise) unneeded.delete(name);
    else problems.push(`package.json: nothing uses ${name}`);
  }
  for (const name of unneeded) problems.push(`the exception for ${name} is not needed`);
  return problems;
}

function textOf(sources: Sources, chosen: (file: string) => boolean): string {
  return [...sources].flatMap(([file, text]) => (chosen(file) ? [text] : [])).join('\n');
}

/** As a text of its own, or as the beginning of a path in it: `'name'`, `"name/part"`, `node_modules/name/`. */
function isNamed(name: string, text: string): boolean {
  return [`'${name}'`, `'${name}/`, `node_modules/${name}/`].some((written) => text.includes(written));
}
