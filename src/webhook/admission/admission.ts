import { type JsonBounds, jsonExcess } from '../../json/json-bounds.ts';
import type { Result } from '../../result/result.ts';
import type { LeveledLogger } from '../../runtime/logger.ts';
import { readEnvelope } from '../protocol/envelope.ts';
import type { Problem } from '../protocol/request-problem.ts';
import { type Review, readReview, writeAnswer } from '../protocol/review.ts';
import { type DecisionInputs, decide, type Path, type ReviewDecision, unreadDecision } from './decide.ts';
import { decisionLine, levelOf } from './decision-line.ts';

/** The body of an answer. */
export type AdmissionResult = Result<string, Problem>;

/**
 * Answers one request: from its body to the body of the answer.
 * @param size of the whole body; `body` may hold its beginning alone
 */
export type Admit = (path: Path, body: Buffer, size?: number) => AdmissionResult;

/** Bytes. Ordinary reviews are smaller, and are parsed without counting their values first. */
const smallReview = 64 * 1024;
const deepest = 64;
/**
 * Parsing takes up to 0.5 µs and 50 bytes for each value, so a review of the default limit costs 10 ms at most: it has
 * 13,107 values. A pod with 1,400 ports has as many: four for a port, and five for its entry in `managedFields`.
 */
export const bytesPerValue = 80;

/** The facts of a decision that its metrics need. */
export interface CountedDecision {
  readonly path: Path;
  readonly kind: string;
  readonly dryRun: boolean;
  readonly decision: ReviewDecision;
  readonly patchBytes: number;
  readonly seconds: number;
}

export interface AdmissionContext {
  /** Called once per review, so that a reload never falls into the middle of one. */
  readonly inputs: () => DecisionInputs;
  readonly metrics: { countDecision(decision: CountedDecision): void };
  readonly log: LeveledLogger;
  /** Called for each review that is no dry run, once its answer is written; must return at once. */
  readonly notifyOwner: (review: Review, decision: ReviewDecision) => void;
  /** Milliseconds with fractions, from any origin; never steps back. */
  readonly clock: () => number;
  /** Bytes of the largest review that is parsed; one with many values per byte has to be smaller. */
  readonly reviewLimit: number;
}

/** The path of a review: read, decide, write the answer; then count and log it. */
export function createAdmission({ inputs, metrics, log, notifyOwner, clock, reviewLimit }: AdmissionContext): Admit {
  const reviewBounds: JsonBounds = { depth: deepest, values: Math.floor(reviewLimit / bytesPerValue) };
  return (path, body, size = body.length) => {
    const start = clock();
    const isRead = size === body.length && (size <= smallReview || jsonExcess(body, reviewBounds) === undefined);
    const read = isRead ? readReview(body) : readEnvelope(body);
    if (!read.ok) return read;
    const { value: review } = read;
    const decision = isRead ? decide(path, review, inputs()) : unreadDecision;
    const { body: answer, patchBytes } = writeAnswer(review, decision.answer);
    const milliseconds = clock() - start;

    const { kind, dryRun } = review;
    metrics.countDecision({ path, kind, dryRun, decision, patchBytes, seconds: milliseconds / 1000 });
    const level = levelOf(decision.verdict);
    // A line that the level leaves out is not put together.
    if (log.isLevelEnabled(level)) {
      const line = decisionLine(path, review, decision, { patchBytes, milliseconds });
      log[level]('decision', decision.bug === undefined ? line : { ...line, err: decision.bug });
    }
    if (!dryRun && isRead) notifyOwner(review, decision);
    return { ok: true, value: answer };
  };
}
