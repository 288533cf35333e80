import type { KindName } from '../../contract/names.ts';
import { type ExplainSettings, explainFlags } from '../../contract/offline.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import { kindNames } from '../../kinds/kind-names.ts';
import { problemLine } from '../../manifest/read/manifest-problem.ts';
import { explainManifests } from '../../offline/explain/explain-manifests.ts';
import { explainJson, explainText } from '../../offline/explain/explain-text.ts';
import { version } from '../../runtime/version.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { styleOf } from '../../terminal/style.ts';
import { isTerminal, textWidth } from '../../terminal/terminal.ts';
import { manifestArguments } from './manifest-arguments.ts';
import { type ManifestSet, readManifestSet } from './manifest-set.ts';

/**
 * `metrics-sidecar explain [FILE|FOLDER|-]...`: explains the decisions about pods in manifests, or one annotation or
 * reason.
 */
export async function runExplain(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseFlags(explainFlags, args, io.env, 'operands');
  if (parsed.ok && (parsed.settings.annotation ?? parsed.settings.reason) !== undefined) {
    return explainWord(parsed.settings, parsed.operands, io);
  }
  const read = manifestArguments('explain', explainFlags, args, io);
  if (!read.ok) return read.code;
  const set = await readManifestSet(read.operands, read.settings, read.paths, io);
  if (!set.ok) return fail(io, 'explain', exit.input, set.problems);
  return explainSet(set, read.settings, io);
}

/** The entry of the reference, as `annotations KEY` and `reasons CODE` print it. */
async function explainWord(
  { annotation, reason, output }: ExplainSettings,
  operands: readonly string[],
  io: Io,
): Promise<number> {
  const problems = [
    ...(annotation !== undefined && reason !== undefined ? ['--annotation, or --reason: not both'] : []),
    ...operands.map((one) => `unexpected argument ${JSON.stringify(one)}: an annotation or a reason, or manifests`),
  ];
  if (problems.length > 0) return fail(io, 'explain', exit.usage, problems, true);
  const args = output === 'json' ? ['-o', 'json'] : [];
  const { printReference } = await import('../commands/print-reference.ts');
  if (annotation !== undefined) {
    const { annotationReference } = await import('../../reference/annotations.ts');
    return printReference(annotationReference, [annotation, ...args], io);
  }
  const { reasonReference } = await import('../../reference/reasons.ts');
  return printReference(reasonReference, [reason!, ...args], io);
}

async function explainSet(set: ManifestSet, settings: ExplainSettings, io: Io): Promise<number> {
  const { manifests, evaluated, cluster, unreadable } = set;
  const explanations = await explainManifests(evaluated, cluster);
  const kindsInUse = new Set(explanations.flatMap((one) => (one.sidecar === undefined ? [] : one.kinds)));
  const examples = await metricExamples(kindNames.filter((kind) => kindsInUse.has(kind)));
  const style = styleOf(isTerminal(io.out), io.env);
  const printing = {
    style,
    isColoured: style.paint('ok', '') !== '',
    width: textWidth(io.out),
    settingsFile: cluster.settingsFile,
    examples,
  };
  io.out.write(
    settings.output === 'json' ? explainJson(explanations, version, examples) : explainText(explanations, printing),
  );
  const problems = manifests.flatMap((manifest) => manifest.problems);
  for (const problem of problems) io.err.write(`${problemLine(problem)}\n`);
  if (explanations.length === 0)
    io.err.write('metrics-sidecar explain: no pods, pod templates or annotated Services\n');
  if (unreadable.length > 0) return fail(io, 'explain', exit.input, unreadable);
  return problems.some(({ severity }) => severity === 'error') ? exit.input : exit.ok;
}

/** The first metrics of each kind about itself; their tables are loaded only where a kind is in use. */
async function metricExamples(some: readonly KindName[]): Promise<ReadonlyMap<KindName, readonly string[]>> {
  if (some.length === 0) return new Map();
  const { metricReference } = await import('../../reference/metrics.ts');
  const { parts } = await metricReference();
  return new Map(
    some.map((kind) => {
      const entries = parts.find(({ id }) => id === kind)?.entries ?? [];
      return [kind, entries.slice(0, 3).map(({ name }) => name)];
    }),
  );
}
