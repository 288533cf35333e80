import type { ConfigMaps } from '../../offline/lint/config-map-mappings.ts';
import { configMapsIn } from '../../offline/lint/config-map-mappings.ts';
import type { Finding } from '../../statsd/mapping/mapping.ts';
import type { MappingOptions, ReadMapping } from '../../statsd/mapping/rules/read-mapping.ts';

/** The findings of one file. Programs read it as JSON. */
export interface Validated {
  readonly file: string;
  /** Absent where the file has errors. */
  readonly rules?: number;
  readonly findings: readonly Finding[];
}

/** Validates a text as a mapping, or the mappings of its ConfigMaps where it is a manifest. */
export async function validateText(file: string, text: string, options: MappingOptions): Promise<Validated> {
  const { readMapping } = await import('../../statsd/mapping/rules/read-mapping.ts');
  const read = (content: string) => readMapping(content, options);
  const maps = configMapsIn(text, file);
  if (maps !== undefined) return { file, ...ofConfigMaps(maps, read) };
  const result = read(text);
  if (result.ok) return { file, rules: result.mapping.rules.length, findings: result.findings };
  return { file, findings: templateFinding(text, result.findings) ?? result.findings };
}

function ofConfigMaps(
  { problems, mappings, without }: ConfigMaps,
  read: (text: string) => ReadMapping,
): Omit<Validated, 'file'> {
  const results = mappings.map((mapping) => ({ ...mapping, result: read(mapping.text) }));
  const findings = [
    ...problems.map(({ severity, line, column, message }) => ({ severity, code: 'yaml', line, column, message })),
    ...without.map((one) => ({ severity: 'error' as const, code: 'no_mapping', ...one })),
    ...results.flatMap(({ name, positionOf, result }) =>
      result.findings.map((one): Finding => {
        const { exact, line, column } = positionOf(one);
        const where = exact ? '' : `line ${one.line} of it: `;
        return { ...one, line, column, message: `${name}: ${where}${one.message}` };
      }),
    ),
  ].sort((a, b) => a.line - b.line || a.column - b.column);
  if (findings.some(({ severity }) => severity === 'error')) return { findings };
  const rules = results.reduce((sum, { result }) => sum + (result.ok ? result.mapping.rules.length : 0), 0);
  return { rules, findings };
}

/** One finding for a template of Helm or Go, in place of the YAML errors that its braces cause. */
function templateFinding(text: string, findings: readonly Finding[]): readonly Finding[] | undefined {
  const at = text.search(/\{\{[-\s\w.$"(]/);
  if (at < 0 || !text.includes('}}', at) || !findings.some(({ code }) => code === 'yaml')) return undefined;
  const before = text.slice(0, at).split('\n');
  const message =
    'a template ({{ … }}) is no mapping yet: render it first, as helm template CHART | metrics-sidecar validate -';
  return [{ severity: 'error', code: 'template', line: before.length, column: before.at(-1)!.length + 1, message }];
}
