import type { Finding } from '../../statsd/mapping/mapping.ts';

/** A finding of a mapping file in the form of a compiler's message, so that editors can jump to its position. */
export function findingLine(file: string, { line, column, severity, message, code }: Finding): string {
  return `${file}:${line}:${column}: ${severity}: ${message} (${code})\n`;
}
