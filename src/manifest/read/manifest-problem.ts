/** What is wrong with a manifest, and where: line and column from 1, the document counted from 1. */
export interface Problem {
  /** Of an error the document has no value; a warning says what kubectl does with it. */
  readonly severity: 'error' | 'warning';
  /** The file, as it was given. */
  readonly source: string;
  readonly document: number;
  readonly line: number;
  readonly column: number;
  /** A sentence without its full stop. */
  readonly message: string;
}

/** A problem by its offset in the text. */
export interface Finding {
  readonly severity: Problem['severity'];
  readonly offset: number;
  readonly message: string;
}

/** A problem as compilers write one, so that editors and terminals can jump there. */
export function problemLine({ source, line, column, document, severity, message }: Problem): string {
  return `${source}:${line}:${column}: ${severity}: document ${document}: ${message}`;
}
