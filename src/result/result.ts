/** An operation that did what it was asked for, with its value. */
export interface Success<Value> {
  readonly ok: true;
  readonly value: Value;
}

/** An expected failure. It is returned, not thrown; `problem` says why, in a sentence where no other type is given. */
export interface Failure<Problem = string> {
  readonly ok: false;
  readonly problem: Problem;
}

/** The value of an operation, or the problem that kept it from one. */
export type Result<Value, Problem = string> = Success<Value> | Failure<Problem>;

/** An input that was checked as a whole, with all its problems, in a sentence each. */
export interface Invalid {
  readonly ok: false;
  readonly problems: readonly string[];
}

/** The value of an input that was checked as a whole, or all its problems. */
export type Validated<Value> = Success<Value> | Invalid;

/** The end of an operation without a value. */
export type Completion<Problem = string> = { readonly ok: true } | Failure<Problem>;
