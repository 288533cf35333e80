/** What can be wrong with a part of a payload; the code stands in the answer and labels the counter of refusals. */
export type ProblemCode =
  | 'missing_field'
  | 'bad_field'
  | 'bad_name'
  | 'bad_label_name'
  | 'bad_label_value'
  | 'bad_value'
  | 'unknown_type'
  | 'unknown_aggregate'
  | 'duplicate_series'
  | 'bad_histogram'
  | 'bad_summary'
  | 'type_conflict'
  | 'series_conflict'
  | 'limit_exceeded';

/** One thing wrong, and where: `pointer` is a JSON pointer (RFC 6901) into the body. */
export interface Problem {
  readonly pointer: string;
  readonly code: ProblemCode;
  readonly detail: string;
}

/** Where a problem lies. A row of -1 is the family itself. */
export interface Place {
  readonly family: number;
  readonly row: number;
}

/** Collects problems; `most` of them are kept with their texts, the rest is only counted. */
export interface Problems {
  /** `path`: what follows the family's or the row's own pointer, as keys. */
  add(place: Place, path: readonly string[], code: ProblemCode, detail: string): void;
  readonly count: number;
  /** In document order. */
  list(): readonly Problem[];
}

export function createProblems(most: number): Problems {
  const kept: (Problem & Place)[] = [];
  let count = 0;
  return {
    add({ family, row }, path, code, detail) {
      count++;
      if (kept.length >= most) return;
      const keys = family < 0 ? path : row < 0 ? [family, ...path] : [family, 'values', row, ...path];
      kept.push({ family, row, pointer: pointerTo(keys), code, detail });
    },
    get count() {
      return count;
    },
    list: () =>
      kept
        .toSorted((a, b) => a.family - b.family || a.row - b.row)
        .map(({ pointer, code, detail }) => ({ pointer, code, detail })),
  };
}

function pointerTo(keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
