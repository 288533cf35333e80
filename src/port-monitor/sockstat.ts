import { digits, wholeLines, words } from './proc-lines.ts';

/** Numbers of a file by protocol and field, as the file names them: `TCP inuse`. */
export type Fields = ReadonlyMap<string, number>;

/**
 * Reads /proc/net/sockstat or sockstat6: lines of `TCP: inuse 1 orphan 0 tw 1 alloc 1 mem 198` (Linux,
 * net/ipv4/proc.c). A field without a valid number is left out, the rest of its line is still read.
 *
 * Of a TCP line `inuse` and `tw` are the network namespace's own, `alloc`, `orphan` and `mem` the whole machine's.
 */
export function parseSockstat(bytes: Buffer): Fields {
  const fields = new Map<string, number>();
  for (const line of wholeLines(bytes)) {
    let protocol: string | undefined;
    let field: string | undefined;
    for (const [start, end] of words(line)) {
      if (protocol === undefined) {
        if (line[end - 1] !== colon) break;
        protocol = line.toString('latin1', start, end - 1);
      } else if (field === undefined) field = line.toString('latin1', start, end);
      else {
        const value = digits(line, start, end);
        if (value !== undefined) fields.set(`${protocol} ${field}`, value);
        field = undefined;
      }
    }
  }
  return fields;
}

const colon = 0x3a;
