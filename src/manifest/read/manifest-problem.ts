/** A problem of a manifest with its position: lines, columns and documents count from 1. */
export interface ManifestProblem {
  /** A document with an error has no value; a warning says how kubectl reads the document. */
  readonly severity: 'error' | 'warning';
  /** The file as the command line names it. */
  readonly source: string;
  readonly document: number;
  readonly line: number;
  readonly column: number;
  /** A sentence without its full stop. */
  readonly message: string;
}

/** A problem with its offset in the text. */
export interface OffsetFinding {
  readonly severity: ManifestProblem['severity'];
  readonly offset: number;
  readonly message: string;
}

/** A problem in the form of a compiler's message, so that editors and terminals can jump to its position. */
export function problemLine({ source, line, column, document, severity, message }: ManifestProblem): string {
  return `${source}:${line}:${column}: ${severity}: document ${document}: ${message}`;
}
