import type { Finding } from './mapping.ts';

/** Where something stands in the file, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A value of the file and where it stands. */
export interface Located<T> {
  readonly value: T;
  readonly place: Place;
}

/** The first error with its place, and how many more there are; undefined where there is none. */
export function firstError(findings: readonly Finding[]): string | undefined {
  const [first, ...more] = findings.filter(({ severity }) => severity === 'error');
  if (first === undefined) return undefined;
  return `${first.line}:${first.column}: ${first.message}${more.length === 0 ? '' : ` (and ${more.length} more)`}`;
}

/** Collects what is found while a file is read. */
export class Findings {
  readonly #found: Finding[] = [];
  /** Asked for each piece of a file. */
  readonly #codes = new Set<string>();
  #hasErrors = false;

  error(place: Place, code: string, message: string): void {
    this.#add({ severity: 'error', code, ...place, message });
  }

  warning(place: Place, code: string, message: string): void {
    this.#add({ severity: 'warning', code, ...place, message });
  }

  #add(found: Finding): void {
    this.#found.push(found);
    this.#codes.add(found.code);
    this.#hasErrors ||= found.severity === 'error';
  }

  get hasErrors(): boolean {
    return this.#hasErrors;
  }

  has(code: string): boolean {
    return this.#codes.has(code);
  }

  /** Takes over what others collected. */
  take(others: Findings): void {
    for (const one of others.#found) this.#add(one);
  }

  /** In the order of the file; each once, for an anchor is read again wherever its alias stands. */
  all(): readonly Finding[] {
    const distinct = new Map(
      this.#found.map((one) => [`${one.line} ${one.column} ${one.code} ${one.message}`, one] as const),
    );
    return [...distinct.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }
}
