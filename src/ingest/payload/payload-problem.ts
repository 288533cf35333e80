/** The kinds of problems of a payload; the code stands in the answer and labels the counter of refusals. */
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

/** One problem; `pointer` is a JSON pointer (RFC 6901) into the body. */
export interface PayloadProblem {
  readonly pointer: string;
  readonly code: ProblemCode;
  readonly detail: string;
}

/** The position of a problem: indexes of a family and of its row. A row of -1 is the family itself. */
export interface RowPosition {
  readonly family: number;
  readonly row: number;
}

/** A collection of problems: some are listed with their texts, the others are only counted. */
export interface Problems {
  /** @param path the keys after the pointer of the family or the row */
  add(position: RowPosition, path: readonly string[], code: ProblemCode, detail: string): void;
  readonly count: number;
  /** In document order. */
  list(): readonly PayloadProblem[];
}

/** @param most how many problems are listed */
export function createProblems(most: number): Problems {
  const listed: (PayloadProblem & RowPosition)[] = [];
  let count = 0;
  return {
    add({ family, row }, path, code, detail) {
      count++;
      if (listed.length >= most) return;
      const keys = family < 0 ? path : row < 0 ? [family, ...path] : [family, 'values', row, ...path];
      listed.push({ family, row, pointer: pointerTo(keys), code, detail });
    },
    get count() {
      return count;
    },
    list: () =>
      listed
        .toSorted((a, b) => a.family - b.family || a.row - b.row)
        .map(({ pointer, code, detail }) => ({ pointer, code, detail })),
  };
}

function pointerTo(keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
