import { type JsonBounds, jsonExcess } from '../../json/json-bounds.ts';
import type { Result } from '../../result/result.ts';
import type { LeveledLogger } from '../../runtime/logger.ts';
import { readEnvelope } from '../protocol/envelope.ts';
import type { Problem } from '../protocol/request-problem.ts';
import { type Review, readReview, writeAnswer } from '../protocol/review.ts';
import { type Decided, decide, type Knowledge, leftUnread, type Path } from './decide.ts';
import { decisionLine, levelOf } from './decision-line.ts';

export type Admitted = Result<string, Problem>;

/**
 * One request from its body to the body of its answer. `size`: of the whole body, of which only the beginning may be
 * there.
 */
export type Admit = (path: Path, body: Buffer, size?: number) => Admitted;

/** Ordinary reviews are smaller, and looking at them twice would cost each of them. */
const smallReview = 64 * 1024;
const deepest = 64;
/**
 * Parsing takes up to 0.5 µs and 50 bytes for each value, so a review of the default limit costs 10 ms at most: it has
 * 13,107 values. A pod with 1,400 ports has as many: four for a port, and five for its entry in `managedFields`.
 */
export const bytesPerValue = 80;

/** A decision as it is counted. */
export interface CountedDecision {
  readonly path: Path;
  readonly kind: string;
  readonly dryRun: boolean;
  readonly decided: Decided;
  readonly patchBytes: number;
  readonly seconds: number;
}

export interface AdmissionContext {
  /** Asked once per review: a reload between two reviews never splits one. */
  readonly knowledge: () => Knowledge;
  readonly metrics: { decided(decision: CountedDecision): void };
  readonly log: LeveledLogger;
  /** Told of each review that was no dry run, once its answer is written; must return at once. */
  readonly tell: (review: Review, decided: Decided) => void;
  /** Milliseconds with fractions, from any origin; never steps back. */
  readonly clock: () => number;
  /** Bytes of a review that is read; one that is denser than most is read up to a smaller size. */
  readonly reviewLimit: number;
}

/** The walk of a review: read, decide, write; then it is counted and logged. */
export function createAdmission({ knowledge, metrics, log, tell, clock, reviewLimit }: AdmissionContext): Admit {
  const reviewBounds: JsonBounds = { depth: deepest, values: Math.floor(reviewLimit / bytesPerValue) };
  return (path, body, size = body.length) => {
    const start = clock();
    const isRead = size === body.length && (size <= smallReview || jsonExcess(body, reviewBounds) === undefined);
    const read = isRead ? readReview(body) : readEnvelope(body);
    if (!read.ok) return read;
    const { value: review } = read;
    const decided = isRead ? decide(path, review, knowledge()) : leftUnread;
    const { body: answer, patchBytes } = writeAnswer(review, decided.answer);
    const milliseconds = clock() - start;

    const { kind, dryRun } = review;
    metrics.decided({ path, kind, dryRun, decided, patchBytes, seconds: milliseconds / 1000 });
    const level = levelOf(decided.verdict);
    // Asked first: what is not written need not be put together.
    if (log.isLevelEnabled(level)) {
      const line = decisionLine(path, review, decided, { patchBytes, milliseconds });
      log[level]('decision', decided.bug === undefined ? line : { ...line, err: decided.bug });
    }
    if (!dryRun && isRead) tell(review, decided);
    return { ok: true, value: answer };
  };
}
