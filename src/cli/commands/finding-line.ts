import type { Finding } from '../../statsd/mapping/mapping.ts';

/** A finding of a mapping file as compilers write it, so that editors lead to the place. */
export function findingLine(file: string, { line, column, severity, message, code }: Finding): string {
  return `${file}:${line}:${column}: ${severity}: ${message} (${code})\n`;
}
