/** The imports between the files of `src/`: for `test/architecture.test.ts` and the picture in docs/architecture.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Import {
  /** A file, from `src/`. */
  readonly from: string;
  /** As it is written: a path or a package. */
  readonly to: string;
  readonly how: 'eager' | 'lazy' | 'type';
}

export interface Sources {
  readonly files: readonly string[];
  readonly imports: readonly Import[];
}

/** Reads every file of `src/`. */
export function readSources(src: string): Sources {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return { files, imports: files.flatMap((file) => importsOf(file, readFileSync(join(src, file), 'utf8'))) };
}

function importsOf(from: string, text: string): Import[] {
  const statics = [...text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)';/gm)];
  const dynamics = [...text.matchAll(/\bimport\('([^']+)'\)/g)];
  return [
    ...statics.map(([, type, to]) => ({ from, to: to!, how: type ? ('type' as const) : ('eager' as const) })),
    ...dynamics.map(([, to]) => ({ from, to: to!, how: 'lazy' as const })),
  ];
}

/** The folder of a file; `main.ts` is a folder of its own. */
export function folderOf(path: string): string {
  return path.includes('/') ? dirname(path) : path.replace(/\.ts$/, '');
}

/** The outermost folder of a file. */
export function roomOf(path: string): string {
  return folderOf(path).split('/')[0]!;
}

/** The file of `src/` that an import leads to, or undefined where it leads to a package. */
export function targetFile({ from, to }: Import): string | undefined {
  return to.startsWith('.') ? join(dirname(from), to) : undefined;
}

interface Floor {
  /** One room; several where their folders import each other's, without a circle among the folders. */
  readonly rooms: readonly string[];
  /** 0 for rooms that import no other; else one above the highest room that they import. */
  readonly floor: number;
  /** The rooms that they import and that no other of these leads to. */
  readonly on: readonly string[];
  /** The rooms that they load later, with a dynamic import alone. */
  readonly lazy: readonly string[];
}

/** The rooms of `src/` from the highest floor to the ground. */
export function floors({ files, imports }: Sources): readonly Floor[] {
  const rooms = [...new Set(files.map(roomOf))].sort();
  const targets = (room: string, isLazy: boolean) => {
    const arrows = imports.filter(({ from, how }) => roomOf(from) === room && (how === 'lazy') === isLazy);
    return new Set(arrows.flatMap((arrow) => targetFile(arrow) ?? []).map(roomOf));
  };
  const next = new Map(rooms.map((room) => [room, targets(room, false)]));
  const below = new Map(rooms.map((room) => [room, reachedFrom(room, next)]));
  const isTogether = (a: string, b: string) => a === b || (below.get(a)!.has(b) && below.get(b)!.has(a));
  const under = (room: string) => [...below.get(room)!].filter((other) => !isTogether(room, other));
  const heightOf = (room: string): number => Math.max(0, ...under(room).map((other) => heightOf(other) + 1));
  const groups = rooms
    .map((room) => rooms.filter((other) => isTogether(room, other)))
    .filter(([first], i) => first === rooms[i]);
  return groups
    .map((group) => {
      const all = [...new Set(group.flatMap((room) => [...next.get(room)!]))].filter((to) => !group.includes(to));
      const on = all.filter((to) => !all.some((other) => !isTogether(other, to) && below.get(other)!.has(to))).sort();
      const later = new Set(group.flatMap((room) => [...targets(room, true)]));
      const lazy = [...later].filter((to) => !group.includes(to) && !all.includes(to)).sort();
      return { rooms: group, floor: heightOf(group[0]!), on, lazy };
    })
    .sort((a, b) => b.floor - a.floor || (a.rooms[0]! < b.rooms[0]! ? -1 : 1));
}

/** The nodes that arrows lead to from `node`, over any number of others; `node` itself only where they lead back. */
export function reachedFrom(node: string, next: ReadonlyMap<string, Iterable<string>>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [node];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const to of next.get(at) ?? []) {
      if (found.has(to)) continue;
      found.add(to);
      open.push(to);
    }
  }
  return found;
}
