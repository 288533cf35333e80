import { quote } from '../../flags/codec.ts';
import { objectOf, objectsOf, textOf } from '../../json/json.ts';
import { controllingOwner } from '../../ownership/controlling-owner.ts';
import type { Level } from '../../runtime/logger.ts';
import type { Review } from '../protocol/review.ts';
import type { Path, ReviewDecision, Verdict } from './decide.ts';

/**
 * The log fields of one decision: the object's identity, the outcome and its reasons, and nothing else of the object.
 */
export interface DecisionLine {
  readonly path: Path;
  readonly uid: string;
  readonly namespace: string;
  readonly kind: string;
  readonly name?: string;
  readonly generateName?: string;
  /** `Kind/name` of the controller. */
  readonly owner?: string;
  readonly operation: string;
  readonly dryRun: boolean;
  readonly outcome: Verdict;
  readonly kinds: readonly string[];
  /** Codes of the catalogue. */
  readonly reasons: readonly string[];
  /** The subjects of the reasons: annotation keys, names of containers and ports. */
  readonly subjects?: readonly string[];
  readonly patchBytes: number;
  readonly milliseconds: number;
}

/** A longer list ends with the number of the others. */
const shownReasons = 20;

/** The level of a decision's line: a wrong annotation needs a person, a pod that did not ask needs none. */
export function levelOf(verdict: Verdict): Level {
  switch (verdict) {
    case 'error':
      return 'error';
    case 'invalid':
    case 'denied':
      return 'warn';
    case 'ignored':
      return 'debug';
    default:
      return 'info';
  }
}

/** The fields of a decision's line; `milliseconds` count from the whole body to the written answer. */
export function decisionLine(
  path: Path,
  review: Review,
  { verdict, kinds, reasons }: ReviewDecision,
  { patchBytes, milliseconds }: { readonly patchBytes: number; readonly milliseconds: number },
): DecisionLine {
  const metadata = objectOf(review.object?.metadata);
  const name = review.name || (textOf(metadata?.name) ?? '');
  const generateName = textOf(metadata?.generateName) ?? '';
  const owner = ownerOf(review);
  return {
    path,
    uid: shown(review.uid),
    namespace: shown(review.namespace),
    kind: shown(review.kind),
    ...(name !== '' && { name: shown(name) }),
    ...(generateName !== '' && { generateName: shown(generateName) }),
    ...(owner !== undefined && { owner }),
    operation: shown(review.operation),
    dryRun: review.dryRun,
    outcome: verdict,
    kinds,
    reasons: capped(reasons.map(({ code }) => code)),
    ...(levelOf(verdict) === 'warn' && { subjects: capped(reasons.map(({ subject }) => shown(subject))) }),
    patchBytes,
    milliseconds: Math.round(milliseconds * 1000) / 1000,
  };
}

/** `ReplicaSet/orders-worker-59bffb6546`: the controlling owner, from the object alone. */
export function ownerOf({ object }: Pick<Review, 'object'>): string | undefined {
  const controller = controllingOwner(objectsOf(objectOf(object?.metadata)?.ownerReferences));
  return controller && `${shown(textOf(controller.kind) ?? '')}/${shown(textOf(controller.name) ?? '')}`;
}

/** Text of a caller, safe in a log: a name that Kubernetes allows is unchanged, any other text is cut and escaped. */
export function shown(text: string): string {
  return /^[\w./:-]{0,253}$/.test(text) ? text : quote(text).slice(1, -1);
}

function capped(items: readonly string[]): readonly string[] {
  return items.length <= shownReasons
    ? items
    : [...items.slice(0, shownReasons), `and ${items.length - shownReasons} more`];
}
