import type { LintCode } from '../../inject/outcome/reasons.ts';
import { lintReasons } from '../../inject/outcome/reasons.ts';
import type { Manifest } from '../../manifest/read/manifest.ts';
import type { Problem } from '../../manifest/read/manifest-problem.ts';
import type { Knowledge } from '../evaluate/cluster-context.ts';
import type { Examined } from '../evaluate/evaluate.ts';
import { namePath } from '../evaluate/reason-path.ts';
import { type Found, type LintFinding, placed } from './lint-finding.ts';
import { mappingLinter } from './lint-mappings.ts';
import { lintMisplaced } from './lint-misplaced.ts';
import { type JudgedAt, lintJudged } from './lint-pods.ts';
import { lintServices } from './lint-services.ts';
import { podsBehind } from './selected-pods.ts';

/**
 * Everything that is wrong in a set of manifests, in the order of the files: what the webhook would warn of when they are
 * applied, what it would say of each pod, and what only the whole set shows.
 */
export async function lint(
  manifests: readonly Manifest[],
  examined: readonly Examined[],
  knowledge: Knowledge,
): Promise<readonly LintFinding[]> {
  const judged = judgedIn(examined);
  const found = [
    ...examined.flatMap(missing),
    ...examined.flatMap(lintMisplaced),
    ...judged.flatMap((one) => lintJudged(one, knowledge)),
    ...lintServices(judged, podsBehind(judged, knowledge), knowledge),
    ...(await mappingLinter(examined, knowledge)(judged.filter((one) => one.judged.subject !== 'service'))),
  ];
  return placed(
    found,
    manifests.flatMap(({ problems }) => problems.map(unread)),
    manifests.map(({ source }) => source),
  );
}

/** The pods, pod templates and Services of objects. */
export function judgedIn(examined: readonly Examined[]): readonly JudgedAt[] {
  return examined.flatMap(({ document, object, judged }) => judged.map((one) => ({ document, object, judged: one })));
}

function unread({ severity, source, document, line, column, message }: Problem): LintFinding {
  const code: LintCode = severity === 'error' ? 'manifest' : 'manifest_doubtful';
  const { sentence, action: advice } = lintReasons[code];
  return { severity, code, source, document, line, column, object: '', sentence: `${sentence}: ${message}`, advice };
}

function missing({ document, object }: Examined): readonly Found[] {
  const { sentence, action: advice } = lintReasons.template_missing;
  return object.missing.map(({ text }) => ({
    ...{ document, object, path: namePath(object), code: 'template_missing' },
    ...{ sentence: `${sentence}: ${text}`, advice },
  }));
}
