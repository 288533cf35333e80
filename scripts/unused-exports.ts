/** Finds what `src/` exports and nothing needs from outside its file. */
import { dirname, join } from 'node:path';

/** Texts of files by their paths from the root of the repository, with `/`. */
export type Sources = ReadonlyMap<string, string>;

interface Export {
  readonly file: string;
  readonly name: string;
  readonly isType: boolean;
}

/**
 * Problems of the exports of `src/`. A value has to be imported by another file of `src/` or by a script, or is in
 * `testedAlone`. A type may also be exported because another declaration of its file mentions it.
 *
 * @param testedAlone names of values that only tests and benchmarks import, each with the reason
 */
export function unusedExports(sources: Sources, testedAlone: Readonly<Record<string, string>>): readonly string[] {
  const users = usersByExport(sources);
  const unneeded = new Set(Object.keys(testedAlone));
  const problems: string[] = [];
  for (const one of exportsOf(sources)) {
    const by = users.get(`${one.file} ${one.name}`) ?? [];
    if (by.some((file) => file.startsWith('src/') || file.startsWith('scripts/'))) continue;
    if (one.isType && (by.length > 0 || isMentioned(one, sources.get(one.file)!))) continue;
    if (by.length > 0 && one.name in testedAlone) unneeded.delete(one.name);
    else if (by.length > 0) problems.push(`${one.file}: tests alone import ${one.name}`);
    else problems.push(`${one.file}: nothing imports ${one.name}`);
  }
  for (const name of unneeded) problems.push(`the exception for ${name} is not needed`);
  return problems;
}

function exportsOf(sources: Sources): readonly Export[] {
  const declaration = /^export\s+(?:async\s+)?(function\*?|const|class|interface|type)\s+([\w$]+)/gm;
  return [...sources]
    .filter(([file]) => file.startsWith('src/'))
    .flatMap(([file, text]) =>
      [...text.matchAll(declaration)].map(([, keyword, name]) => ({
        file,
        name: name!,
        isType: keyword === 'interface' || keyword === 'type',
      })),
    );
}

/** Files that import each `FILE NAME`. A dynamic import is taken to use every name that its file mentions. */
function usersByExport(sources: Sources): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const [file, text] of sources) {
    const statics = text.matchAll(/^import\s+(?:type\s+)?([^'";]*?)\sfrom\s+'(\.[^']+)'/gm);
    const dynamics = text.matchAll(/\bimport\('(\.[^']+)'\)/g);
    const imports = [
      ...[...statics].map(([, clause, from]) => [from!, clause!] as const),
      ...[...dynamics].map(([, from]) => [from!, text] as const),
    ];
    for (const [from, mentions] of imports) {
      const target = join(dirname(file), from).replaceAll('\\', '/');
      for (const name of new Set(mentions.match(/[\w$]+/g))) {
        const key = `${target} ${name}`;
        users.set(key, [...(users.get(key) ?? []), file]);
      }
    }
  }
  return users;
}

function isMentioned({ name }: Export, text: string): boolean {
  return [...text.matchAll(/[\w$]+/g)].filter(([word]) => word === name).length > 1;
}
