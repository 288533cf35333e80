import type { LintCode } from '../../inject/outcome/reasons.ts';
import { lintReasons } from '../../inject/outcome/reasons.ts';
import type { Manifest } from '../../manifest/read/manifest.ts';
import type { ManifestProblem } from '../../manifest/read/manifest-problem.ts';
import type { ClusterContext } from '../evaluate/cluster-context.ts';
import { type EvaluatedObject, evaluationsIn } from '../evaluate/evaluate.ts';
import { objectNamePath } from '../evaluate/reason-path.ts';
import { type DocumentFinding, type LintFinding, locatedFindings } from './lint-finding.ts';
import { mappingLinter } from './lint-mappings.ts';
import { lintMisplaced } from './lint-misplaced.ts';
import { lintEvaluation } from './lint-pods.ts';
import { lintServices } from './lint-services.ts';
import { podSelection } from './selected-pods.ts';

/**
 * All findings of a set of manifests, in the order of the files: the warnings of the webhook when they are applied, its
 * reasons for each pod, and problems that only the whole set shows.
 */
export async function lint(
  manifests: readonly Manifest[],
  evaluated: readonly EvaluatedObject[],
  cluster: ClusterContext,
): Promise<readonly LintFinding[]> {
  const evaluations = evaluationsIn(evaluated);
  const findings = [
    ...evaluated.flatMap(missingTemplates),
    ...evaluated.flatMap(lintMisplaced),
    ...evaluations.flatMap((one) => lintEvaluation(one, cluster)),
    ...lintServices(evaluations, podSelection(evaluations, cluster), cluster),
    ...(await mappingLinter(evaluated, cluster)(evaluations.filter((one) => one.evaluation.subject !== 'service'))),
  ];
  return locatedFindings(
    findings,
    manifests.flatMap(({ problems }) => problems.map(problemFinding)),
    manifests.map(({ source }) => source),
  );
}

function problemFinding({ severity, source, document, line, column, message }: ManifestProblem): LintFinding {
  const code: LintCode = severity === 'error' ? 'manifest' : 'manifest_doubtful';
  const { sentence, action: advice } = lintReasons[code];
  return { severity, code, source, document, line, column, object: '', sentence: `${sentence}: ${message}`, advice };
}

function missingTemplates({ document, object }: EvaluatedObject): readonly DocumentFinding[] {
  const { sentence, action: advice } = lintReasons.template_missing;
  return object.missing.map(({ text }) => ({
    ...{ document, object, path: objectNamePath(object), code: 'template_missing' },
    ...{ sentence: `${sentence}: ${text}`, advice },
  }));
}
