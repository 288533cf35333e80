import type { Finding } from './mapping.ts';

/** A place in the file; line and column from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A value of the file and its place. */
export interface Located<T> {
  readonly value: T;
  readonly place: Place;
}

/** The first error with its place, and the number of further ones; undefined: there is none. */
export function firstError(findings: readonly Finding[]): string | undefined {
  const [first, ...more] = findings.filter(({ severity }) => severity === 'error');
  if (first === undefined) return undefined;
  return `${first.line}:${first.column}: ${first.message}${more.length === 0 ? '' : ` (and ${more.length} more)`}`;
}

/** Collects the findings of a file. */
export class Findings {
  readonly #findings: Finding[] = [];
  /** A set, since the pieces of a file ask for it. */
  readonly #codes = new Set<string>();
  #hasErrors = false;

  error(place: Place, code: string, message: string): void {
    this.#add({ severity: 'error', code, ...place, message });
  }

  warning(place: Place, code: string, message: string): void {
    this.#add({ severity: 'warning', code, ...place, message });
  }

  #add(finding: Finding): void {
    this.#findings.push(finding);
    this.#codes.add(finding.code);
    this.#hasErrors ||= finding.severity === 'error';
  }

  get hasErrors(): boolean {
    return this.#hasErrors;
  }

  has(code: string): boolean {
    return this.#codes.has(code);
  }

  /** Adds the findings of others. */
  take(others: Findings): void {
    for (const one of others.#findings) this.#add(one);
  }

  /** The findings in the order of the file, without duplicates: an anchor is read again at each of its aliases. */
  all(): readonly Finding[] {
    const distinct = new Map(
      this.#findings.map((one) => [`${one.line} ${one.column} ${one.code} ${one.message}`, one] as const),
    );
    return [...distinct.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }
}
