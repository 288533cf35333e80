import type { Json } from './json.ts';

/** An operation of a JSON Patch (RFC 6902). */
export type Operation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/** A JSON pointer (RFC 6901): `~` before `/`, or the escapes would be escaped. */
export function pointer(...parts: readonly (string | number)[]): string {
  let path = '';
  for (const part of parts) path += `/${typeof part === 'number' ? part : escaped(part)}`;
  return path;
}

function escaped(part: string): string {
  const tildes = part.includes('~') ? part.replaceAll('~', '~0') : part;
  return tildes.includes('/') ? tildes.replaceAll('/', '~1') : tildes;
}

/** The parts of a JSON pointer (RFC 6901); undefined where the text is no pointer. */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((part) => (part.includes('~') ? part.replaceAll('~1', '/').replaceAll('~0', '~') : part));
}
