import type { LandingSection } from '../../runtime/runtime.ts';
import type { MappingUse } from '../counts/mapping-use.ts';
import type { StatsdCounters } from '../counts/statsd-counters.ts';
import { type MappingState, mostShownFindings } from '../mapping/file/live-mapping.ts';
import type { Finding } from '../mapping/mapping.ts';
import type { LinePipeline } from '../pipeline/line-pipeline.ts';

/** The most rules, names and refusals; `/debug/mappings` has more. */
const shownUses = 5;

/**
 * The sections of statsd on the landing page.
 *
 * @param listeners the addresses of the listeners.
 * @param mapping undefined: the flags name no mapping.
 */
export function landing(
  { counters, table, aggregate }: LinePipeline,
  listeners: LandingSection['rows'],
  mapping: MappingState | undefined,
  use: MappingUse,
): readonly LandingSection[] {
  const accepted = counters.counterSamples + counters.gaugeSamples + counters.observerSamples;
  const dropped = counters.droppedSamples === 0 ? '' : `, dropped by a rule: ${counters.droppedSamples}`;
  const expired = aggregate.expired === 0 ? '' : `, past their time to live: ${aggregate.expired}`;
  const live = [...aggregate.series.values()].reduce((sum, count) => sum + count, 0);
  const sections = [
    {
      title: 'statsd',
      rows: [
        ...listeners,
        ['Mapping', mappingText(mapping)] as const,
        ['Lines', `${counters.lines}`] as const,
        ['Samples', `${counters.samples}, of which taken: ${accepted}${dropped}`] as const,
        ['Label sets', `${live}${expired}`] as const,
        ['Known lines', `${table.knownLines}`] as const,
      ],
      ...tryLine,
    },
    { title: 'statsd: mapping findings', rows: findingRows(mapping?.findings ?? []) },
    { title: 'statsd: refused', rows: refusedRows(counters) },
    ...useSections(use, mapping),
  ];
  return sections.filter(({ rows }) => rows.length > 0);
}

const tryLine: Pick<LandingSection, 'form' | 'links'> = {
  form: {
    path: '/debug/explain',
    label: 'Explain a line with the mapping in use (it is not counted)',
    field: 'line',
    example: 'orders.eu.done:1|c|#queue:fast',
    button: 'Explain',
  },
  links: [
    { path: '/debug/explain', text: 'Mapping playground' },
    { path: '/debug/mappings', text: 'Mapping use' },
  ],
};

function useSections(
  { rules, unmapped, rejects }: MappingUse,
  mapping: MappingState | undefined,
): readonly LandingSection[] {
  const usedRules = rules.filter(({ hits }) => hits > 0).sort((a, b) => b.hits - a.hits);
  // Without a mapping no name has a rule.
  const names = mapping?.file === undefined ? [] : unmapped;
  return [
    {
      title: 'statsd: lines refused last',
      rows: rejects
        .slice(0, shownUses)
        .flatMap(({ reason, sample }) => (sample === '' ? [] : [[reason, sample] as const])),
    },
    {
      title: 'statsd: rules used most',
      rows: usedRules.slice(0, shownUses).map(({ line, match, hits }) => [`line ${line}: ${match}`, `${hits}`]),
    },
    {
      title: 'statsd: names without a rule',
      rows: names
        .slice(0, shownUses)
        .map(({ name, count, atMost }) => [name, atMost > count ? `${count} to ${atMost}` : `${count}`]),
    },
  ];
}

function mappingText(mapping: MappingState | undefined): string {
  if (mapping === undefined) return 'none';
  const { file, rules, problem, reloads } = mapping;
  if (file === undefined) return `none: ${problem ?? 'not read yet'}`;
  const failed = reloads.failure === 0 ? '' : `, ${reloads.failure} failed`;
  const text = `${file}: ${rules} rules, reloads: ${reloads.success}${failed}`;
  return problem === undefined ? text : `${text}; not in use: ${problem}`;
}

function findingRows(findings: readonly Finding[]): LandingSection['rows'] {
  const rows = findings
    .slice(0, mostShownFindings)
    .map(({ line, column, severity, message }) => [`${line}:${column}`, `${severity}: ${message}`] as const);
  const more = findings.length - rows.length;
  return more === 0 ? rows : [...rows, ['…', `${more} more`]];
}

function refusedRows(counters: StatsdCounters): LandingSection['rows'] {
  const conflicts = [...counters.conflicts.values()].map(
    ({ kind, name, reason, count }) => [`${reason}: ${kind} ${name === '' ? '(others)' : name}`, count] as const,
  );
  return [...counters.lineErrors, ...counters.sampleErrors, ...counters.eventErrors, ...conflicts]
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => [reason, `${count}`]);
}
